/** Wrong use, or something that cannot be done: one line that names what was found and what is allowed. Exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
