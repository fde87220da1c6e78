/** YAML with the lines that its values are on. */
import { isAlias, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument, visit } from 'yaml';
import { Decimal } from '../../../functions/config/decimal.ts';

export type Path = readonly (string | number)[];

/** What is wrong with the file. Nothing in it is secret. */
export interface FileProblem {
  readonly line: number;
  /** `accounts.northflank/acme.config.budgets[0].limit` */
  readonly path: string;
  readonly message: string;
  readonly severity: 'error' | 'warning';
}

/** A number that would lose a digit becomes a Big, as `parseJson` has it. */
export function parseYaml(text: string) {
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter, merge: true, prettyErrors: false });
  const line = (offset: number) => counter.linePos(offset).line;
  visit(document, {
    Scalar: (_key, node) => {
      if (typeof node.value !== 'number' || node.source === undefined) return;
      if (!/^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(node.source)) return;
      const exact = new Decimal(node.source);
      if (!(Number.isFinite(node.value) && exact.eq(String(node.value)))) node.value = exact;
    },
  });
  const problems: FileProblem[] = document.errors.map(({ pos, code }) => ({
    line: line(pos[0]),
    path: '',
    // The library's own text may quote what is there.
    message: `not YAML: ${code.toLowerCase().replaceAll('_', ' ')}`,
    severity: 'error',
  }));
  const lineOf = (path: Path) => line(offsetOf(document, path));
  if (problems.length > 0) return { value: undefined, lineOf, problems };
  try {
    return { value: document.toJS({ maxAliasCount: 1000 }) as unknown, lineOf, problems };
  } catch {
    const message = 'not YAML: an alias that leads nowhere, or too many of them';
    problems.push({ line: 1, path: '', message, severity: 'error' });
    return { value: undefined, lineOf, problems };
  }
}

/** Of the key or element that is the furthest along the path. */
function offsetOf(document: ReturnType<typeof parseDocument>, path: Path): number {
  let node: unknown = document.contents;
  let offset = 0;
  for (const step of path) {
    const found = memberOf(isAlias(node) ? node.resolve(document) : node, step);
    if (found === undefined) return offset;
    offset = found.offset ?? offset;
    node = found.node;
  }
  return offset;
}

function memberOf(holder: unknown, step: string | number) {
  if (isSeq(holder)) {
    const node = holder.items[Number(step)];
    return { node, offset: isNode(node) ? node.range?.[0] : undefined };
  }
  if (!isMap(holder)) return undefined;
  const pair = holder.items.find(({ key }) => isScalar(key) && String(key.value) === step);
  return pair && { node: pair.value, offset: isNode(pair.key) ? pair.key.range?.[0] : undefined };
}
