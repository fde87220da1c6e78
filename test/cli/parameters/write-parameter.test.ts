import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type EmbeddedAws, startEmbeddedAws } from '../../../cli/demo/aws/embedded-aws.ts';
import { prepareWrite, write } from '../../../cli/parameters/write-parameter.ts';
import { readParameter } from '../../../functions/config/parameter-store.ts';
import { connectionTo } from '../demo/aws/embedded-connection.ts';

const name = '/cost-alerts/northflank/acme/token';

let aws: EmbeddedAws;
let ssm: SSMClient;

beforeEach(async () => {
  aws = await startEmbeddedAws();
  ssm = new SSMClient({ ...connectionTo(aws), maxAttempts: 3 });
});

afterEach(async () => {
  ssm.destroy();
  await aws.close();
});

async function prepared(value: string, type: 'String' | 'SecureString' = 'SecureString') {
  return prepareWrite(ssm, { name, value, type, before: await readParameter(ssm, name) });
}

describe('a write', () => {
  test('keeps the key of a SecureString', async () => {
    const old = { Name: name, Value: 'old', Type: 'SecureString', KeyId: 'alias/team' } as const;
    await ssm.send(new PutParameterCommand(old));

    expect(await write(ssm, await prepared('new'))).toBe(2);

    expect(aws.parameters.get(name)).toMatchObject({ value: 'new', keyId: 'alias/team' });
  });

  test('is not done over a version that was not shown', async () => {
    aws.parameters.put(name, 'old', 'SecureString');
    const shown = await prepared('new');
    aws.parameters.put(name, 'of somebody else');

    await expect(write(ssm, shown)).rejects.toThrow(
      `${name}: changed meanwhile: expected version 1, got version 2; nothing was written`,
    );
    expect(aws.parameters.get(name)?.value).toBe('of somebody else');
  });

  test('of a new one is not done over one that came meanwhile', async () => {
    const shown = await prepared('new');
    aws.parameters.put(name, 'of somebody else', 'SecureString');

    await expect(write(ssm, shown)).rejects.toThrow('expected none, got version 1');
  });

  test.each([true, false])(
    'whose answer is lost is one write (there before: %s)',
    async (isThere) => {
      if (isThere) aws.parameters.put(name, 'old', 'SecureString');
      const shown = await prepared('new');
      aws.faults.set('ssm:PutParameter', 'drop', 1);

      expect(await write(ssm, shown)).toBe(isThere ? 3 : 1);
      expect(aws.parameters.get(name)?.value).toBe('new');
    },
  );

  test('never changes a type', async () => {
    aws.parameters.put(name, 'old', 'String');

    await expect(prepared('new')).rejects.toThrow(
      'expected a SecureString, got a String, and a parameter cannot change its type',
    );
  });
});
