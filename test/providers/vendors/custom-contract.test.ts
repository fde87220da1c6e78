import { describe } from 'vitest';
import {
  type CustomHistory,
  customApi,
  startSimulatedCustom,
} from '../../../cli/demo/vendors/custom.ts';
import { answeringJson, type Fault, jsonAnswer, send } from '../../../cli/demo/vendors/server.ts';
import { asDescribed } from '../../../functions/config/config-rules.ts';
import { apiSchema } from '../../../functions/providers/vendors/custom/api.ts';
import { custom as registered } from '../../../functions/providers/vendors/custom.ts';
import { describeProviderContract } from '../../support/contract/contract.ts';
import { costsOf } from '../../support/fetched-usage.ts';

const token = 'Cu.Secret+7c1f=';
const now = Date.UTC(2026, 10, 21, 10, 20);

const day = [
  { service: 'gpu', cost: '1.2345678901' },
  { service: 'cpu', cost: '0.0000001234' },
  { service: 'disk', cost: '0.0025945' },
  { service: 'support', cost: '-0.5' },
];
const byPart = { compute: '1.2345680135', storage: '0.0025945', other: '-0.5' };
/** FOCUS counts by category, where the config names no part. */
const inAll = { usage: '0.7371625135' };

type Shape = NonNullable<Parameters<typeof customApi>[0]>;

function subjectFor(shape: Shape) {
  const api = apiSchema.parse(customApi(shape));
  const custom = asDescribed(registered, { api });
  const isFocus = shape.format === 'focus';
  const ofDay = isFocus ? inAll : byPart;
  const history: CustomHistory = (date) => (date === '2026-11-19' ? undefined : day);
  return {
    custom,
    token,
    tokenHeader: 'x-api-key',
    options: { api },
    window: { start: Date.UTC(2026, 10, 19), end: Date.UTC(2026, 10, 22) },
    now,
    followsRedirects: false,
    start: (of: CustomHistory) =>
      startSimulatedCustom({ ...shape, token, now: () => now, history: of }),
    history,
    corrected: (date: string) => (date === '2026-11-20' ? [{ service: 'disk', cost: '3' }] : day),
    empty: () => undefined,
    known: {
      before: costsOf(Date.UTC(2026, 10, 20), ofDay),
      after: costsOf(Date.UTC(2026, 10, 20), isFocus ? { usage: '3' } : { storage: '3' }),
    },
    late: costsOf(Date.UTC(2026, 10, 19), ofDay),
    long: { window: { start: Date.UTC(2026, 8, 1), end: Date.UTC(2026, 9, 31) }, requests: 2 },
    filler:
      shape.format === 'csv' || shape.format === 'focus'
        ? '\r\n'.repeat(32 * 1024)
        : ' '.repeat(64 * 1024),
  };
}

function nextPage(next: unknown, more = true): unknown {
  return { data: [], meta: { next, more } };
}

function endless(): Fault {
  let pages = 0;
  return ({ response }) => {
    pages += 1;
    send(response, jsonAnswer(nextPage(pages)));
  };
}

const { custom, ...subject } = subjectFor({ paging: 'cursor' });

describeProviderContract<CustomHistory>({
  provider: custom,
  ...subject,
  paging: {
    traps: {
      'a next page without a token': answeringJson(nextPage(null)),
      'a page that was there before': answeringJson(nextPage(7)),
    },
    endless,
  },
});

const shapes: readonly Shape[] = [{}, { format: 'jsonl' }, { format: 'csv' }, { format: 'focus' }];

describe.each(shapes)('as $format', (shape) => {
  const { custom: provider, ...own } = subjectFor(shape);
  describeProviderContract<CustomHistory>({ provider, ...own });
});
