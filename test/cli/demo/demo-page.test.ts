import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ServedPage, servePage } from '../../../cli/demo/demo-page.ts';

describe('a served page', () => {
  let served: ServedPage;

  beforeAll(async () => {
    served = await servePage();
  });

  afterAll(() => served.close());

  test('is the one that was shown last, and says by its tag that it is another', async () => {
    served.show('<p>first');
    const first = await fetch(served.url);
    served.show('<p>second');
    const second = await fetch(served.url);

    expect([await first.text(), await second.text()]).toEqual(['<p>first', '<p>second']);
    expect(second.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(second.headers.get('cache-control')).toBe('no-store');
    expect(second.headers.get('etag')).not.toBe(first.headers.get('etag'));
  });

  test('has the same tag when only that is asked for', async () => {
    const whole = await fetch(served.url);
    const head = await fetch(served.url, { method: 'HEAD' });

    expect(head.headers.get('etag')).toBe(whole.headers.get('etag'));
    expect(await head.text()).toBe('');
  });

  test.for([
    ['another path', 'GET', '/x'],
    ['another method', 'POST', '/'],
  ] as const)('is nothing else: %s', async ([, method, path]) => {
    const { status } = await fetch(new URL(path, served.url), { method });

    expect(status).toBe(404);
  });

  test('is not for pages elsewhere that point their own name at this machine', async () => {
    expect(await statusWithHost(`elsewhere.example:${new URL(served.url).port}`)).toBe(404);
  });

  /** `fetch` does not let the header be chosen. */
  function statusWithHost(host: string): Promise<number | undefined> {
    return new Promise((resolve, reject) => {
      request(served.url, { headers: { host } }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .on('error', reject)
        .end();
    });
  }
});
