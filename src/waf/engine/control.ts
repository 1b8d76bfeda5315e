/** What `ctl` changes for the rest of one request, made when rules are loaded. */
import { fail, ok, type Result } from '../../core/result.ts';
import { splitControlTargets } from '../seclang/control-options.ts';
import { parseIdRanges } from '../seclang/id-ranges.ts';
import { parseTargets } from '../seclang/targets.ts';
import type { Collection } from './collections/collection.ts';
import type { OperatorPool } from './operator-pool.ts';
import { compileTarget, type MemberChoice } from './targets.ts';

export type EngineMode = 'on' | 'detection-only' | 'off';

export type Control =
  | { readonly kind: 'remove-rules'; readonly selection: RuleSelection }
  | {
      readonly kind: 'remove-targets';
      readonly selection: RuleSelection;
      readonly removed: readonly RemovedTarget[];
    }
  | { readonly kind: 'engine'; readonly mode: EngineMode }
  | { readonly kind: 'audit'; readonly mode: 'on' | 'off' | 'relevant-only' }
  | { readonly kind: 'body-processor'; readonly processor: string }
  | { readonly kind: 'body-access'; readonly on: boolean }
  | { readonly kind: 'answer-body-access'; readonly on: boolean }
  | { readonly kind: 'force-body'; readonly on: boolean }
  /** Parts of the audit log: the exporter writes the same ones for all. */
  | { readonly kind: 'audit-parts' };

export interface RemovedTarget {
  readonly collection: Collection;
  readonly choice: MemberChoice;
}

/** Which rules are meant: by id, by tag, by message. */
export interface RuleSelection {
  has(rule: SelectableRule): boolean;
}

export interface SelectableRule {
  readonly id: number;
  /** Tags and message as written. */
  readonly tags: readonly string[];
  readonly message: string;
}

type Compile = (value: string, pool: OperatorPool) => Result<Control, string>;

const OPTIONS: ReadonlyMap<string, Compile> = new Map<string, Compile>([
  ['auditengine', (value) => ok({ kind: 'audit', mode: auditMode(value) })],
  ['auditlogparts', () => ok({ kind: 'audit-parts' })],
  ['forcerequestbodyvariable', (value) => ok({ kind: 'force-body', on: value === 'on' })],
  ['requestbodyaccess', (value) => ok({ kind: 'body-access', on: value === 'on' })],
  ['requestbodyprocessor', (value) => ok({ kind: 'body-processor', processor: value })],
  ['responsebodyaccess', (value) => ok({ kind: 'answer-body-access', on: value === 'on' })],
  ['ruleengine', (value) => ok({ kind: 'engine', mode: engineMode(value) })],
  ['ruleremovebyid', (value) => removeRules(selectIds(value))],
  ['ruleremovebymsg', (value) => removeRules(ok(selectMessage(value)))],
  ['ruleremovebytag', (value) => removeRules(ok(selectTag(value)))],
  ['ruleremovetargetbyid', (value, pool) => removeTargets(value, selectIds, pool)],
  ['ruleremovetargetbymsg', (value, pool) => removeTargets(value, (text) => ok(selectMessage(text)), pool)],
  ['ruleremovetargetbytag', (value, pool) => removeTargets(value, (text) => ok(selectTag(text)), pool)],
]);

/** @param text canonical: `ruleremovebyid=942100` */
export function compileControl(text: string, pool: OperatorPool): Result<Control, string> {
  const equals = text.indexOf('=');
  const option = text.slice(0, equals);
  const compile = OPTIONS.get(option);
  return compile === undefined
    ? fail(`ctl cannot change "${option}".`)
    : compile(text.slice(equals + 1), pool);
}

export function selectIds(text: string): Result<RuleSelection, string> {
  const ranges = parseIdRanges(text);
  if (!ranges.ok) return ranges;
  return ok({ has: ({ id }) => ranges.value.some(({ first, last }) => id >= first && id <= last) });
}

export function selectTag(tag: string): RuleSelection {
  return { has: ({ tags }) => tags.includes(tag) };
}

export function selectMessage(message: string): RuleSelection {
  return { has: (rule) => rule.message === message };
}

function removeRules(selection: Result<RuleSelection, string>): Result<Control, string> {
  return selection.ok ? ok({ kind: 'remove-rules', selection: selection.value }) : selection;
}

function removeTargets(
  value: string,
  select: (rules: string) => Result<RuleSelection, string>,
  pool: OperatorPool,
): Result<Control, string> {
  const parts = splitControlTargets(value);
  if (parts === null) return fail('ctl names no targets.');
  const selection = select(parts.rules);
  if (!selection.ok) return selection;
  const targets = parseTargets(parts.targets);
  if (!targets.ok) return targets;
  const removed: RemovedTarget[] = [];
  for (const target of targets.value) {
    const compiled = compileTarget(target, pool);
    if (!compiled.ok) return compiled;
    removed.push(compiled.value);
  }
  return ok({ kind: 'remove-targets', selection: selection.value, removed });
}

function auditMode(value: string): 'on' | 'off' | 'relevant-only' {
  return value === 'on' || value === 'off' ? value : 'relevant-only';
}

function engineMode(value: string): EngineMode {
  return value === 'on' || value === 'off' ? value : 'detection-only';
}
