/** Wrong use, or a command that cannot be carried out: one line with what was found and what is allowed. Exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
