/** The examples at the end of a command's `--help`, a line each; a line that begins with `#` is a remark. */
export function examples(lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  ${line}\n`).join('')}`;
}
