import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  namesIn,
  openSliceQueue,
  readSlice,
  type SliceQueue,
  slicesOf,
  sliceText,
} from '../../functions/checks/slice-queue.ts';

/** Of so many accounts, in no order. */
function parametersOf(accounts: number): string[] {
  const names = Array.from({ length: accounts }, (_, index) => `account-${index}`);
  return [...names.map((name) => `${name}/token`), ...names.map((name) => `${name}/config`)];
}

describe('slices', () => {
  test('hold fifty accounts each, all of them, in order', () => {
    const slices = slicesOf(parametersOf(120));
    const accounts = slices.flatMap((slice) => slice.accounts);

    expect(slices.map((slice) => slice.accounts.length)).toEqual([50, 50, 20]);
    expect(new Set(accounts).size).toBe(120);
    expect(accounts).toEqual(accounts.toSorted());
  });

  test('ask for a token and a config of each, were there both or not, and for what is wrong', () => {
    const [slice] = slicesOf(['acme/config', 'beta', 'beta/old/config', 'beta/token']);

    expect(slice && namesIn(slice)).toEqual([
      'acme/token',
      'acme/config',
      'beta/token',
      'beta/config',
      'beta',
      'beta/old/config',
    ]);
  });

  test('of names as long as they may be are a fifth of a message at the most', () => {
    const long = 'x'.repeat(900);
    const names = Array.from({ length: 500 }, (_, index) => `${index}-${long}/tokn`);
    const slices = slicesOf(names);
    expect(slices.length).toBeGreaterThan(1);
    for (const slice of slices) {
      expect(Buffer.byteLength(sliceText('northflank', slice))).toBeLessThan((1024 * 1024) / 5);
    }
  });

  test('of none are none', () => {
    expect(slicesOf([])).toEqual([]);
  });
});

describe('a message', () => {
  test('is read as it was written', () => {
    const slice = { accounts: ['acme', 'beta'], others: ['beta/tokn'] };

    expect(readSlice(sliceText('northflank', slice), 'northflank')).toMatchObject(slice);
  });

  test.each([
    ['no JSON', 'acme'],
    ['of another provider', sliceText('influxdb', { accounts: ['acme'], others: [] })],
    ['of no account', sliceText('northflank', { accounts: [], others: [] })],
    ['of more than fit', sliceText('northflank', { accounts: Array(51).fill('a'), others: [] })],
    ['without a list', '{"provider":"northflank","accounts":"acme","others":[]}'],
    ['with more in it', '{"provider":"northflank","accounts":["a"],"others":[],"token":"x"}'],
  ])('that is %s is refused, with what was found', (_, body) => {
    expect(() => readSlice(body, 'northflank')).toThrow(
      `slice: expected {"provider":"northflank","accounts":[…],"others":[…]}, with up to 50 accounts, got ${body.slice(0, 200)}`,
    );
  });
});

interface Entry {
  readonly Id: string;
  readonly MessageBody: string;
}

/** An SQS that takes of each request what `refuses` does not name. */
const taken: string[] = [];
const requests: Entry[][] = [];
let refuses: (entry: Entry) => object | undefined;
const server = createServer(async (request, response) => {
  const { Entries } = (await json(request)) as { Entries: Entry[] };
  requests.push(Entries);
  const Failed = Entries.flatMap((entry) => {
    const refusal = refuses(entry);
    return refusal ? { Id: entry.Id, ...refusal } : [];
  });
  const failed = new Set(Failed.map(({ Id }) => Id));
  const Successful = Entries.filter(({ Id }) => !failed.has(Id)).map(({ Id, MessageBody }) => {
    taken.push(MessageBody);
    const MD5OfMessageBody = createHash('md5').update(MessageBody).digest('hex');
    return { Id, MessageId: MessageBody.slice(0, 9), MD5OfMessageBody };
  });
  response.setHeader('content-type', 'application/x-amz-json-1.0');
  response.end(JSON.stringify({ Successful, Failed }));
});
const { signal } = new AbortController();
const busy = { Code: 'InternalError', Message: 'try again', SenderFault: false };
let queue: SliceQueue;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://localhost:${(server.address() as AddressInfo).port}`;
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const sqs = new SQSClient({ endpoint, region: 'us-east-1', credentials });
  queue = openSliceQueue(sqs, `${endpoint}/000000000000/slices`);
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

beforeEach(() => {
  taken.length = 0;
  requests.length = 0;
  refuses = () => undefined;
});

describe('messages', () => {
  test('go ten a request', async () => {
    const bodies = Array.from({ length: 25 }, (_, index) => `slice ${index}`);

    await queue.send(bodies, signal);

    expect(requests.map((entries) => entries.length)).toEqual([10, 10, 5]);
    expect(taken).toEqual(bodies);
  });

  test('go fewer a request where they are large', async () => {
    await queue.send(Array(5).fill('x'.repeat(200_000)), signal);

    expect(requests.map((entries) => entries.length)).toEqual([2, 2, 1]);
  });

  test('that SQS did not take, though it took others, go again, and no other does', async () => {
    refuses = ({ MessageBody }) =>
      MessageBody === 'b' && requests.length === 1 ? busy : undefined;

    await queue.send(['a', 'b', 'c'], signal);

    expect(taken).toEqual(['a', 'c', 'b']);
  });

  test('that it never takes are an error, after three attempts', async () => {
    refuses = ({ MessageBody }) => (MessageBody === 'b' ? busy : undefined);

    await expect(queue.send(['a', 'b'], signal)).rejects.toThrow(
      'SQS did not take 1 of 2 slices: InternalError: try again',
    );
    expect(requests).toHaveLength(3);
  });

  test('that are wrong are an error at once', async () => {
    refuses = () => ({ Code: 'InvalidMessageContents', Message: 'no', SenderFault: true });

    await expect(queue.send(['a'], signal)).rejects.toThrow('InvalidMessageContents: no');
    expect(requests).toHaveLength(1);
  });
});
