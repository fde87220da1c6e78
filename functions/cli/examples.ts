/** The end of a command's `--help`: examples, a line each, and what else there is to say. */
export function examples(lines: readonly string[], ...notes: readonly string[]): string {
  const shown = lines.map((line) => `  ${line}`);
  return ['', 'Examples:', ...shown, ...(notes.length > 0 ? ['', ...notes] : []), ''].join('\n');
}
