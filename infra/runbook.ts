/** Sections of `docs/running.md` that say what to do when an alarm fires. */
export const runbookSections = {
  failedChecks: 'Checks fail',
  postponed: 'Accounts are postponed',
  deadLetters: 'The dead-letter queue is not empty',
  failedPosts: 'Posts to Slack fail',
  totalsNotChecked: 'Totals are not checked',
  noDigest: 'No digest is sent',
  subscribersLost: 'Subscribers are lost',
} as const;

export type RunbookSection = keyof typeof runbookSections;

/** A link to a section; the anchor is the one that GitHub makes of its heading. */
export function runbookLink(url: string, section: RunbookSection): string {
  const anchor = runbookSections[section]
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
  return `${url}#${anchor}`;
}
