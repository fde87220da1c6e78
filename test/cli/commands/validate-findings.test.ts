import { describe, expect, test } from 'vitest';
import {
  budgetFindings,
  findingLine,
  rootFindings,
  sizeFindings,
  tokenFindings,
} from '../../../cli/commands/validate-findings.ts';
import type { Parameter } from '../../../functions/config/parameter-store.ts';
import { readConfigText } from '../../../functions/config/read-accounts.ts';
import type { Provider } from '../../../functions/providers/provider.ts';
import { providers } from '../../../functions/providers/registry.ts';
import { influxdb } from '../../../functions/providers/vendors/influxdb.ts';
import { northflank } from '../../../functions/providers/vendors/northflank.ts';
import { openrouter } from '../../../functions/providers/vendors/openrouter.ts';
import { tpstreams } from '../../../functions/providers/vendors/tpstreams.ts';
import { twilio } from '../../../functions/providers/vendors/twilio.ts';

const ids = providers.map(({ id }) => id).join(', ');

describe('budget findings', () => {
  /** The findings of a config that is valid, without the parameter's name. */
  function findings(provider: Provider, config: object): string[] {
    const read = readConfigText(JSON.stringify(config), provider);
    if (read === undefined) throw new Error('expected a valid config');
    return budgetFindings({ parameter: '/p', config: read }, provider).map((finding) =>
      findingLine(finding).replace('/p: ', ''),
    );
  }

  const everything = { name: 'everything', limit: 200, per: 'month' };
  const byoc = { name: 'own cloud', meter: 'byoc', limit: 10, per: 'month' };
  const free = { price: 0, per: 'GB' };

  describe('a meter that never has any usage', () => {
    test.each([
      { options: { teamId: 'platform' }, found: true },
      { options: { includeByoc: false }, found: true },
      { options: { teamId: 'platform', includeByoc: true }, found: false },
      { options: {}, found: false },
    ])('BYOC at Northflank with $options: $found', ({ options, found }) => {
      const expected =
        'budgets[1].meter: no threshold can be crossed: byoc never has any cost, as it is left out without "includeByoc": true';

      expect(findings(northflank, { ...options, budgets: [everything, byoc] })).toEqual(
        found ? [expected] : [],
      );
    });
  });

  describe('a price of 0', () => {
    test('means that a cost of that meter crosses no threshold', () => {
      const budgets = [{ ...everything, meter: 'data-out', thresholds: [100] }];

      expect(findings(influxdb, { orgId: 'o', prices: { 'data-out': free }, budgets })).toEqual([
        'budgets[0].thresholds: its threshold can never be crossed: the price of data-out is 0, so its cost is always 0; give a price above 0, or limit the usage',
      ]);
    });

    test('of all meters that have a price does so for all meters together', () => {
      const prices = { bandwidth: free, 'live-stream': { price: 0, per: 'count' } };

      const found = findings(tpstreams, { organizationId: 'o', prices, budgets: [everything] });

      expect(found).toEqual([
        'budgets[0].thresholds: none of its thresholds can be crossed: the prices of bandwidth and live-stream are 0, so their cost is always 0; give a price above 0, or limit the usage',
      ]);
    });

    test('of one tier of two, of another meter, or beside a limit of the usage is none of that', () => {
      const tiered = { per: 'GB', tiers: [{ upTo: 5, price: 0 }, { price: 0.1 }] };
      const usage = { measure: 'usage', unit: 'GB', limit: 5, per: 'day' };
      const budgets = [
        { ...everything, name: 'out', meter: 'data-out' },
        everything,
        { ...usage, name: 'in', meter: 'data-in' },
      ];
      const prices = { 'data-out': tiered, 'data-in': free };

      expect(findings(influxdb, { orgId: 'o', prices, budgets })).toEqual([]);
    });

    test('says nothing where the provider reports the cost', () => {
      expect(findings(northflank, { budgets: [everything] })).toEqual([]);
    });
  });

  test('name a place in the list that is written, where budgets on prepaid credit are, too', () => {
    const credit = (name: string, days: number) => ({ name, measure: 'balance', days });
    const again = { ...everything, name: 'again', per: 'month' };
    const budgets = [credit('a', 7), everything, credit('b', 14), again, credit('c', 7)];

    expect(findings(twilio, { accountSid: `AC${'1'.repeat(32)}`, budgets })).toEqual([
      'budgets[3].name: duplicates budgets[1], "everything": each alert would be sent twice; remove one of them',
      'budgets[4].days: duplicates budgets[0], "a": each alert would be sent twice; remove one of them',
    ]);
  });

  describe('meters without a price', () => {
    const bandwidth = { price: 0.05, per: 'GB' };
    const storage = { price: 0.03, per: 'GB-month' };
    const counted = { price: 0, per: 'count' };

    test('are none where another meter has their cost', () => {
      expect(findings(openrouter, { budgets: [everything] })).toEqual([]);
    });

    test('are left out of a cost of all meters, which says so', () => {
      const config = { organizationId: 'o', prices: { bandwidth, storage }, budgets: [everything] };

      expect(findings(tpstreams, config)).toEqual([
        'budgets[0].measure: leaves out what live-stream and subtitles cost, as they have no price; give prices.live-stream and prices.subtitles, 0 where nothing is charged, or limit them by usage',
      ]);
    });

    test('are not left out of a cost of one that has a price', () => {
      const budgets = [{ ...everything, meter: 'bandwidth' }];

      expect(findings(tpstreams, { organizationId: 'o', prices: { bandwidth }, budgets })).toEqual(
        [],
      );
    });

    test('are none where a price of 0 says that they are free', () => {
      const prices = { bandwidth, storage, 'live-stream': counted, subtitles: counted };

      expect(findings(tpstreams, { organizationId: 'o', prices, budgets: [everything] })).toEqual(
        [],
      );
    });
  });

  describe('a budget that is there twice', () => {
    test('under two names would alert twice', () => {
      const budgets = [everything, { ...everything, name: 'again', thresholds: [150, 100, 80] }];

      expect(findings(northflank, { budgets })).toEqual([
        'budgets[1].name: duplicates budgets[0], "everything": each alert would be sent twice; remove one of them',
      ]);
    });

    test('with another limit, threshold or period is another one', () => {
      const budgets = [
        everything,
        { ...everything, name: 'b', limit: 300 },
        { ...everything, name: 'c', thresholds: [90] },
        { ...everything, name: 'd', startsOn: 15 },
      ];

      expect(findings(northflank, { budgets })).toEqual([]);
    });
  });
});

describe('parameter findings', () => {
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
      expect(finding?.message).toMatch(/^expected a SecureString, got a String: its token is/);
      expect(JSON.stringify(finding)).not.toContain(secret);
    });

    test('a token that cannot be decrypted is one too', () => {
      const token = parameter('/cost-alerts/northflank/acme/token', 'SecureString', '');

      const found = lines(
        tokenFindings({ ...token, undecryptable: 'InvalidKeyId: it is disabled' }),
      );

      expect(found).toEqual([
        `${token.name}: cannot be decrypted with these credentials (InvalidKeyId: it is disabled); the function needs permission to use its key, too`,
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
        `/cost-alerts/nothflank: unknown name (did you mean "northflank"?), expected one of ${ids}, slack, totals; nothing reads its 2 parameters`,
      ]);
    });

    test('so is a parameter right below the root', () => {
      expect(found(parameter('/cost-alerts/zzz'))).toEqual([
        `/cost-alerts/zzz: unknown name, expected one of ${ids}, slack, totals; nothing reads its parameter`,
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
      { what: 'plain text', type: 'String', value: url, expected: /its URL is stored in plain/ },
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
});
