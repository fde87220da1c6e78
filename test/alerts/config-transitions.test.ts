import { describe, expect, test } from 'vitest';
import { type Misconfiguration, tellConfig } from '../../functions/alerts/config-transitions.ts';

function problem(versions: string): Misconfiguration {
  return { versions, messages: ['/cost-alerts/northflank/acme/config: not JSON'] };
}

/** What is told check after check; `undefined` is a valid config. */
function play(checks: readonly (string | undefined | { muted: string | undefined })[]): string[] {
  let told: string | undefined;
  return checks.map((check) => {
    const muted = typeof check === 'object';
    const versions = muted ? check.muted : check;
    const outcome = tellConfig(told, versions === undefined ? undefined : problem(versions), muted);
    told = outcome.told;
    return outcome.telling?.kind ?? '-';
  });
}

describe('broken parameters', () => {
  test.each<[string, Parameters<typeof play>[0], string[]]>([
    [
      'once a version',
      ['config@3', 'config@3', 'config@4'],
      ['misconfigured', '-', 'misconfigured'],
    ],
    [
      'when they are valid again, once',
      ['config@3', undefined, undefined],
      ['misconfigured', 'configured', '-'],
    ],
    ['not at all where they are valid', [undefined, undefined], ['-', '-']],
    [
      'a version that broke a second time',
      ['config@3', undefined, 'config@3'],
      ['misconfigured', 'configured', 'misconfigured'],
    ],
    ['only after a mute', [{ muted: 'config@3' }, 'config@3'], ['-', 'misconfigured']],
    [
      'not at all where they were mended in a mute',
      ['config@3', { muted: undefined }, undefined],
      ['misconfigured', '-', '-'],
    ],
  ])('are told %s', (_, checks, expected) => {
    expect(play(checks)).toEqual(expected);
  });
});
