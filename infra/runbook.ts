/** The sections of `docs/running.md` that say what to do when an alarm goes off, by what the alarm is about. */
export const runbookSections = {
  failedChecks: 'Checks fail',
  silence: 'No check succeeds',
  postponed: 'Accounts are postponed',
  deadLetters: 'The dead-letter queue is not empty',
  failedPosts: 'Posts to Slack fail',
  noDigest: 'No digest is sent',
  subscribersLost: 'Subscribers are lost',
} as const;

export type RunbookSection = keyof typeof runbookSections;

/** A link to a section; its anchor is made of the heading as GitHub does it. */
export function runbookLink(url: string, section: RunbookSection): string {
  const anchor = runbookSections[section]
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
  return `${url}#${anchor}`;
}
