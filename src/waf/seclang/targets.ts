/**
 * Targets of a rule: `ARGS|!ARGS:token|&TX:/^x/|XML:/*`. A separator inside `/.../` belongs to the regular expression,
 * but the selectors of XML are paths and end at the next separator. Linear.
 */
import { fail, ok, type Result } from '../../core/result.ts';
import type { Selector, TargetSyntax } from './syntax.ts';
import { explainMissingVariable, variableKind } from './variables.ts';
import { findClosingQuote, unescapeQuotes } from './words.ts';

/** How many targets one rule may name. */
const TARGETS_MAX = 1024;

/** Reads a list separated by `|` or `,`; fails with a sentence that says what to do. */
export function parseTargets(text: string): Result<readonly TargetSyntax[], string> {
  const reader: TargetReader = { text, index: 0 };
  const targets: TargetSyntax[] = [];
  for (;;) {
    skipBlanks(reader);
    const target = readTarget(reader);
    if (!target.ok) return target;
    targets.push(target.value);
    skipBlanks(reader);
    if (reader.index === text.length) return ok(targets);
    if (targets.length === TARGETS_MAX) return fail(`More than ${TARGETS_MAX} targets: split the rule.`);
    if (!isSeparator(text[reader.index])) {
      return fail(`Text follows the target ${target.value.collection}: separate targets by "|".`);
    }
    reader.index += 1;
  }
}

interface TargetReader {
  readonly text: string;
  index: number;
}

function readTarget(reader: TargetReader): Result<TargetSyntax, string> {
  const sign = reader.text[reader.index];
  const use = sign === '!' ? 'exclude' : sign === '&' ? 'count' : 'include';
  if (use !== 'include') reader.index += 1;
  const collection = readName(reader).toUpperCase();
  if (collection === '') return fail('A target has no variable: name one, or take the separator out.');
  const kind = variableKind(collection);
  if (kind === null) return fail(explainMissingVariable(collection));
  if (reader.text[reader.index] !== ':') {
    if (kind === 'document')
      return fail('XML needs a path: write XML:/* for texts or XML://@* for attributes.');
    return ok({ use, collection, selector: null });
  }
  reader.index += 1;
  if (kind === 'scalar') return fail(`${collection} is one value: take the part from ":" on out.`);
  const selector = kind === 'document' ? readPath(reader) : readSelector(reader, collection);
  return selector.ok ? ok({ use, collection, selector: selector.value }) : selector;
}

function readName(reader: TargetReader): string {
  const start = reader.index;
  while (reader.index < reader.text.length && isNameChar(reader.text.charCodeAt(reader.index))) {
    reader.index += 1;
  }
  return reader.text.slice(start, reader.index);
}

function readPath(reader: TargetReader): Result<Selector, string> {
  const path = readToSeparator(reader);
  if (path === '/*' || path === '//@*') return ok({ kind: 'path', path });
  return fail(`The path XML:${path} is not supported: write XML:/* for texts or XML://@* for attributes.`);
}

function readSelector(reader: TargetReader, collection: string): Result<Selector, string> {
  const char = reader.text[reader.index];
  if (char === "'") return readQuotedSelector(reader, collection);
  if (char !== '/') return toNameSelector(readToSeparator(reader), collection);
  const end = findClosingQuote(reader.text, reader.index + 1, '/');
  if (end === -1) return fail(`The regular expression after ${collection}: has no closing "/": add it.`);
  const source = reader.text.slice(reader.index + 1, end);
  reader.index = end + 1;
  return toPatternSelector(source, collection);
}

function readQuotedSelector(reader: TargetReader, collection: string): Result<Selector, string> {
  const end = findClosingQuote(reader.text, reader.index + 1, "'");
  if (end === -1) return fail(`The selector after ${collection}: has no closing ': add it.`);
  const inner = unescapeQuotes(reader.text.slice(reader.index + 1, end), "'");
  reader.index = end + 1;
  const isPattern = inner.length >= 2 && inner.startsWith('/') && inner.endsWith('/');
  return isPattern ? toPatternSelector(inner.slice(1, -1), collection) : toNameSelector(inner, collection);
}

function toNameSelector(name: string, collection: string): Result<Selector, string> {
  if (name === '') return fail(`Nothing follows ${collection}: name a member, or take the ":" out.`);
  return ok({ kind: 'name', name: name.toLowerCase() });
}

function toPatternSelector(source: string, collection: string): Result<Selector, string> {
  if (source === '') return fail(`The regular expression after ${collection}: is empty: write one.`);
  return ok({ kind: 'pattern', source: source.replaceAll('\\/', '/') });
}

function readToSeparator(reader: TargetReader): string {
  const start = reader.index;
  while (reader.index < reader.text.length && !isSeparator(reader.text[reader.index])) reader.index += 1;
  return reader.text.slice(start, reader.index).trimEnd();
}

function skipBlanks(reader: TargetReader): void {
  while (reader.text[reader.index] === ' ' || reader.text[reader.index] === '\t') reader.index += 1;
}

function isSeparator(char: string | undefined): boolean {
  return char === '|' || char === ',';
}

/** Letters, digits and `_`. */
export function isNameChar(code: number): boolean {
  const lower = code | 0x20;
  return (lower >= 0x61 && lower <= 0x7a) || (code >= 0x30 && code <= 0x39) || code === 0x5f;
}
