import { describe, expect, test } from 'vitest';
import {
  configNotice,
  type InvalidConfigState,
  nextConfigState,
} from '../../functions/alerts/invalid-config.ts';
import type { InvalidParameters } from '../../functions/config/account.ts';
import { acmeDetails } from '../messages/examples.ts';

function problem(versions: string): InvalidParameters {
  return {
    versions: versions.split(','),
    problems: [{ path: [], mistake: 'not JSON', expected: 'a value' }],
  };
}

/** What fires or is resolved check after check; `undefined` is a valid config. */
function play(checks: readonly (string | undefined | { muted: string | undefined })[]): string[] {
  let state: InvalidConfigState | undefined;
  return checks.map((check) => {
    const muted = typeof check === 'object';
    const versions = muted ? check.muted : check;
    const found = versions === undefined ? undefined : problem(versions);
    const outcome = nextConfigState(state, found, { now: 0, muted });
    state = outcome.state;
    return outcome.event?.status ?? '-';
  });
}

describe('broken parameters', () => {
  test.each<[string, Parameters<typeof play>[0], string[]]>([
    ['once a version', ['config@3', 'config@3', 'config@4'], ['firing', '-', 'firing']],
    [
      'when they are valid again, once',
      ['config@3', undefined, undefined],
      ['firing', 'resolved', '-'],
    ],
    ['not at all where they are valid', [undefined, undefined], ['-', '-']],
    [
      'a version that broke a second time',
      ['config@3', undefined, 'config@3'],
      ['firing', 'resolved', 'firing'],
    ],
    [
      'once each, also where one of two is mended and breaks again',
      ['token@2', 'config@3,token@2', 'token@2', 'config@5,token@2', undefined],
      ['firing', 'firing', '-', 'firing', 'resolved'],
    ],
    [
      'as mended where another version broke in a mute',
      ['config@3', { muted: 'config@4' }, undefined],
      ['firing', '-', 'resolved'],
    ],
    ['only after a mute', [{ muted: 'config@3' }, 'config@3'], ['-', 'firing']],
    [
      'not at all where they were mended in a mute',
      ['config@3', { muted: undefined }, undefined],
      ['firing', '-', '-'],
    ],
  ])('report %s', (_, checks, expected) => {
    expect(play(checks)).toEqual(expected);
  });
});

describe('what a wrong parameter means until it is corrected', () => {
  const event = {
    kind: 'invalid-config',
    status: 'firing',
    problem: problem('config@3'),
    at: 0,
  } as const;

  test.each([
    ['watched', /Until then its last valid parameters apply\.$/],
    ['never', /Until then the account is not watched: it has never had valid parameters\.$/],
    ['no longer', /Until then the account is not watched: its last valid parameters are gone/],
  ] as const)('%s', (until, expected) => {
    expect(configNotice(event, acmeDetails, until).nextStep).toMatch(expected);
  });
});
