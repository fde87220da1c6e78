/** The reference of the construct, from the docstrings of its sources. */
import { readFileSync } from 'node:fs';

interface Member {
  readonly name: string;
  readonly isOptional: boolean;
  readonly type: string;
  /** Markdown. */
  readonly text: string;
  /** As the docstring gives it, without its quotes. */
  readonly defaultValue: string | undefined;
}

/** A docstring and the `readonly` member that it belongs to. */
const MEMBER = /\/\*\*((?:(?!\*\/).)*)\*\/\s*readonly (\w+)(\??): ([^;]+);/gs;

/** Markdown: a list of the props, with their defaults, and one of what the construct has. */
export function constructReference(): string {
  const props = membersOf('cost-alerts-props.ts', 'export interface CostAlertsProps {');
  const parts = membersOf('cost-alerts.ts', 'export class CostAlerts extends Construct {');
  return ['### Props', ...props.map(memberText), '### What it has', ...parts.map(memberText)].join(
    '\n\n',
  );
}

function membersOf(file: string, declaration: string): Member[] {
  const source = readFileSync(new URL(`../../infra/${file}`, import.meta.url), 'utf8');
  const from = source.indexOf(declaration);
  if (from < 0) throw new Error(`no "${declaration}" in infra/${file}`);
  const body = source.slice(from, source.indexOf('\n}\n', from));
  const members = [...body.matchAll(MEMBER)].map(([, doc = '', name = '', mark, type = '']) => {
    const [text = '', defaultValue] = plainText(doc).split('@default ');
    const isOptional = mark === '?';
    return { name, isOptional, type, text: text.trim(), defaultValue };
  });
  if (members.length < (body.match(/^ {2}readonly /gm)?.length ?? 0)) {
    throw new Error(`a member of "${declaration}" has no docstring`);
  }
  return members;
}

/** Without the stars at the beginnings of its lines. */
function plainText(doc: string): string {
  return doc
    .split('\n')
    .map((line) => line.replace(/^\s*\*? ?/, ''))
    .join('\n')
    .trim();
}

function memberText({ name, isOptional, type, text, defaultValue }: Member): string {
  const shown = type.replaceAll(/\s+/g, ' ');
  const rest = defaultValue === undefined ? [] : [`Default: ${defaultText(defaultValue)}.`];
  return [`#### \`${name}${isOptional ? '?' : ''}: ${shown}\``, text, ...rest].join('\n\n');
}

/** AWS's own docstrings write a value as code, and words after a hyphen. */
function defaultText(value: string): string {
  const [code = '', words] = value.split(/(?:^|\s)- /);
  if (words === undefined) return `\`${code}\``;
  return code === '' ? words : `\`${code}\` (${words})`;
}
