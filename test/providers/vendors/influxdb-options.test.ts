import { describe, expect, test } from 'vitest';
import { accountConfigSchema } from '../../../functions/config/account-config.ts';
import { parseConfig } from '../../../functions/config/config-error.ts';
import { problemLine } from '../../../functions/config/problem.ts';
import { influxdb } from '../../../functions/providers/vendors/influxdb.ts';
import { orgId } from '../../support/provider-influxdb.ts';

describe('the config', () => {
  function parse(config: object) {
    return parseConfig(
      accountConfigSchema(influxdb),
      { budgets: [], ...config },
      { secure: false },
    );
  }

  test('needs an organization only', () => {
    expect(parse({ orgId })).toMatchObject({
      value: {
        options: { orgId, region: 'us-east-1-1', auth: 'Token' },
        baseUrl: 'https://us-east-1-1.aws.cloud2.influxdata.com',
        timeZone: 'UTC',
      },
    });
  });

  test('may name another region and another word', () => {
    expect(parse({ orgId, region: 'eu-central-1-1', auth: 'Bearer' })).toMatchObject({
      value: {
        options: { auth: 'Bearer' },
        baseUrl: 'https://eu-central-1-1.aws.cloud2.influxdata.com',
      },
    });
  });

  test.each([
    'http://127.0.0.1:8080',
    'https://westeurope-1.azure.cloud2.influxdata.com',
    'https://us-west-2-2.aws.cloud2.influxdata.com',
  ])('may have %s as its base URL', (baseUrl) => {
    expect(parse({ orgId, baseUrl })).toMatchObject({ value: { baseUrl } });
  });

  test.each([
    [{}, 'orgId: missing, expected the ID of an organization, as in its address after "/orgs/"'],
    [
      { orgId: '..' },
      'orgId: expected the ID of an organization, as in its address after "/orgs/", got ".."',
    ],
    [
      { orgId: '' },
      'orgId: expected the ID of an organization, as in its address after "/orgs/", got ""',
    ],
    [
      { orgId, region: 'us-east-1' },
      'region: expected one of "us-east-1-1", "eu-central-1-1", got "us-east-1"',
    ],
    [{ orgId, auth: 'token' }, 'auth: expected one of "Token", "Bearer", got "token"'],
  ])('is refused: %j', (config, problem) => {
    const found = parse(config);

    expect('problems' in found && found.problems.map(problemLine)).toEqual([problem]);
  });
});
