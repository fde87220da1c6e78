import { describe, expect, test } from 'vitest';
import { findingLine } from '../../functions/cli/finding.ts';
import {
  rootFindings,
  sizeFindings,
  tokenFindings,
} from '../../functions/cli/parameter-findings.ts';
import type { Parameter } from '../../functions/config/parameter-store.ts';
import { providers } from '../../functions/providers/registry.ts';

const secret = 'T0ken-that-nobody-sees';

function parameter(name: string, type: Parameter['type'] = 'SecureString', value = secret) {
  return { name, type, value, version: 1 };
}

function lines(findings: Parameters<typeof findingLine>[0][]): string[] {
  return findings.map(findingLine);
}

describe('the size', () => {
  const config = '/cost-alerts/northflank/acme/config';

  test.each([
    { bytes: 4096, expected: [] },
    {
      bytes: 4097,
      expected: [
        `${config}: has 4097 bytes, so it needs an advanced parameter (--tier Advanced, which AWS charges for); a standard one holds 4096`,
      ],
    },
    { bytes: 8192, expected: [expect.stringContaining('has 8192 bytes')] },
    {
      bytes: 8193,
      expected: [`${config}: expected at most 8192 bytes, as no parameter holds more, got 8193`],
    },
  ])('of $bytes bytes', ({ bytes, expected }) => {
    expect(lines(sizeFindings(parameter(config, 'String', 'x'.repeat(bytes))))).toEqual(expected);
  });

  test('counts bytes of UTF-8, not letters', () => {
    expect(sizeFindings(parameter(config, 'String', 'ü'.repeat(2048)))).toEqual([]);
    expect(sizeFindings(parameter(config, 'String', 'ü'.repeat(2049)))).toHaveLength(1);
  });
});

describe('the type', () => {
  test.each([
    ['/cost-alerts/northflank/acme/token', 'SecureString'],
    ['/cost-alerts/northflank/acme/config', 'String'],
    ['/cost-alerts/northflank/acme/config', 'SecureString'],
    ['/cost-alerts/northflank/acme/token', 'StringList'],
  ] as const)('%s as a %s is nothing to say here', (name, type) => {
    expect(tokenFindings(parameter(name, type))).toEqual([]);
  });

  test('a token in plain text is an error that does not show it', () => {
    const [finding] = tokenFindings(parameter('/cost-alerts/northflank/acme/token', 'String'));

    expect(finding).toMatchObject({ severity: 'error' });
    expect(finding?.message).toMatch(/^expected a SecureString, got a String, whose token is/);
    expect(JSON.stringify(finding)).not.toContain(secret);
  });

  test('a token that cannot be decrypted is one too', () => {
    const token = parameter('/cost-alerts/northflank/acme/token', 'SecureString', '');

    const found = lines(tokenFindings({ ...token, undecryptable: 'InvalidKeyId: it is disabled' }));

    expect(found).toEqual([
      `${token.name}: cannot be decrypted with these credentials (InvalidKeyId: it is disabled); the function needs the right to use its key, too`,
    ]);
  });
});

describe('names below the root', () => {
  function found(...parameters: Parameter[]): string[] {
    return lines(rootFindings(parameters, '/cost-alerts', providers));
  }

  test('accounts of every provider and the webhook are as they should be', () => {
    expect(
      found(
        parameter('/cost-alerts/northflank/acme/token'),
        parameter('/cost-alerts/influxdb/acme/config', 'String'),
        parameter('/cost-alerts/tpstreams/acme/anything'),
        parameter(
          '/cost-alerts/slack/webhook-url',
          'SecureString',
          'https://hooks.slack.com/services/T/B/x',
        ),
      ),
    ).toEqual([]);
  });

  test('an unknown folder is one finding, with the name that was meant', () => {
    expect(
      found(
        parameter('/cost-alerts/nothflank/acme/token'),
        parameter('/cost-alerts/nothflank/acme/config'),
      ),
    ).toEqual([
      '/cost-alerts/nothflank: unknown name (did you mean "northflank"?), expected one of northflank, influxdb, tpstreams, slack; nothing reads its 2 parameters',
    ]);
  });

  test('so is a parameter right below the root', () => {
    expect(found(parameter('/cost-alerts/zzz'))).toEqual([
      '/cost-alerts/zzz: unknown name, expected one of northflank, influxdb, tpstreams, slack; nothing reads its parameter',
    ]);
  });

  test.each([
    [
      '/cost-alerts/northflank',
      '/cost-alerts/northflank/<account>/token or /cost-alerts/northflank/<account>/config',
    ],
    ['/cost-alerts/slack', '/cost-alerts/slack/webhook-url'],
  ])('%s is a parameter in place of a folder', (name, expected) => {
    expect(found(parameter(name))).toEqual([
      `${name}: a parameter in place of a folder, expected ${expected}`,
    ]);
  });
});

describe('what is there for Slack', () => {
  const name = '/cost-alerts/slack/webhook-url';
  const url = 'https://hooks.slack.com/services/T000/B000/secretsecret';

  function found(type: Parameter['type'], value: string, itsName = name): string[] {
    return lines(rootFindings([parameter(itsName, type, value)], '/cost-alerts', providers));
  }

  test.each([
    { what: 'plain text', type: 'String', value: url, expected: /whose URL is stored in plain/ },
    { what: 'a list', type: 'StringList', value: url, expected: /got a StringList$/ },
    {
      what: 'another host',
      type: 'SecureString',
      value: 'https://example.com/secretsecret',
      expected: /expected the URL of a Slack incoming webhook.*not shown/,
    },
    { what: 'no URL', type: 'SecureString', value: 'secretsecret', expected: /not shown/ },
  ] as const)('$what is one finding without the secret', ({ type, value, expected }) => {
    const findings = found(type, value);

    expect(findings).toEqual([expect.stringMatching(expected)]);
    expect(findings.join()).not.toContain('secretsecret');
  });

  test('nothing else may be there', () => {
    expect(found('SecureString', url, '/cost-alerts/slack/webhook')).toEqual([
      '/cost-alerts/slack/webhook: unknown parameter of Slack, expected /cost-alerts/slack/webhook-url',
    ]);
  });
});
