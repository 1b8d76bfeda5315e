/** What is told about a rule that matched: for people who ask why, and for audit logs. */
import type { RuleMatch } from '../../core/verdict.ts';
import type { Budget } from '../budget/budget.ts';
import { LOG_TEXT_MAX, SHOWN_PART_MAX, SHOWN_VALUE_MAX } from './bounds.ts';
import { expand } from './expand.ts';
import type { Rule } from './rule.ts';
import type { Sighting, TransactionState } from './state.ts';

/** How transformations are called in explanations; the others by their own names. */
const DECODINGS: ReadonlyMap<string, string> = new Map([
  ['urldecode', 'url'],
  ['urldecodeuni', 'url'],
  ['htmlentitydecode', 'html'],
  ['base64decode', 'base64'],
  ['base64decodeext', 'base64'],
  ['jsdecode', 'js'],
  ['cssdecode', 'css'],
  ['hexdecode', 'hex'],
  ['utf8tounicode', 'unicode'],
]);

const MATCH_PREFIX = 'Matched "Operator ';
const ARGUMENT_MAX = 200;
const ATTACK_TAG = /^attack-([a-z0-9-]{1,40})$/;

/** @param disruptive whether the match decides what becomes of the request */
export function describeMatch(rule: Rule, state: TransactionState, disruptive: boolean): RuleMatch {
  const message = expand(rule.report.message, state, LOG_TEXT_MAX);
  const { sighting } = state;
  return {
    ruleId: String(rule.id),
    label: labelOf(rule),
    message,
    score: state.score,
    part: sighting === null ? 'transaction' : partOf(sighting, state),
    ...(sighting === null ? NOTHING_SHOWN : showValue(sighting, state.budget)),
    decodings: sighting === null ? [] : decodingsOf(sighting),
    source: `${rule.place.file}:${rule.place.line}`,
    details: {
      file: rule.place.file,
      line: rule.place.line,
      severity: rule.report.severity,
      tags: rule.report.tags.map((tag) => expand(tag, state, LOG_TEXT_MAX)),
      version: rule.report.version,
      revision: rule.report.revision,
      message,
      data: expand(rule.report.data, state, LOG_TEXT_MAX),
      match: describeOperator(rule, state),
      phase: rule.phase,
      disruptive,
      log: rule.report.log,
      auditLog: rule.report.auditLog,
    },
  };
}

/** The kind of attack that the rule's tags name, else its id. */
function labelOf(rule: Rule): string {
  for (const tag of rule.tags) {
    const attack = ATTACK_TAG.exec(tag)?.[1];
    if (attack !== undefined) return attack.toUpperCase().replaceAll('-', '_');
  }
  return `RULE_${rule.id}`;
}

function partOf({ collection, index, isCount, label }: Sighting, { message }: TransactionState): string {
  let part = label;
  if (collection.kind === 'scalar') part = collection.part;
  else if (collection.kind === 'members') {
    part = collection.part(message, isCount ? -1 : index);
    if (isCount && label !== collection.name) part += label.slice(collection.name.length).toLowerCase();
  }
  return part.slice(0, SHOWN_PART_MAX);
}

const NOTHING_SHOWN = { value: '', start: 0, end: 0 };

/** The value around the match, cut to what is shown. */
function showValue({ link, value }: Sighting, budget: Budget): { value: string; start: number; end: number } {
  const operator = link.operator?.negated === true ? null : (link.operator?.compiled ?? null);
  const found = operator?.match(value, budget) ?? null;
  const match = budget.exceeded ? null : found;
  const start = match?.start ?? 0;
  const end = match?.end ?? value.length;
  if (value.length <= SHOWN_VALUE_MAX) return { value, start, end };
  const shownEnd = Math.min(end, start + SHOWN_VALUE_MAX);
  const spare = SHOWN_VALUE_MAX - (shownEnd - start);
  const from = Math.max(0, Math.min(start - (spare >> 1), value.length - SHOWN_VALUE_MAX));
  return { value: value.slice(from, from + SHOWN_VALUE_MAX), start: start - from, end: shownEnd - from };
}

/** The transformations that changed the value, in order. */
function decodingsOf({ link, received, value }: Sighting): readonly string[] {
  const decodings: string[] = [];
  let text = received;
  for (const { name, apply } of link.transformations.steps) {
    if (link.multiMatch && text === value) break;
    const changed = apply(text);
    if (changed !== text) decodings.push(DECODINGS.get(name) ?? name);
    text = changed;
  }
  return decodings;
}

function describeOperator(rule: Rule, state: TransactionState): string {
  const link = state.sighting?.link ?? rule.links.at(-1);
  if (link === undefined || link.operator === null) return 'Unconditional match in SecAction.';
  const { name, negated, argument } = link.operator;
  const parameter = expand(argument, state, ARGUMENT_MAX);
  const label = state.sighting?.label ?? state.matched.name;
  const value = (state.sighting?.value ?? state.matched.value).slice(0, ARGUMENT_MAX);
  const operator = `${negated ? '!' : ''}${name.charAt(0).toUpperCase()}${name.slice(1)}`;
  return `${MATCH_PREFIX}\`${operator}' with parameter \`${parameter}' against variable \`${label}' (Value: \`${value}' )`;
}
