/** One rule of the syntax tree into what the engine runs. SecDefaultAction of its phase is merged in here. */
import { fail, ok, type Result } from '../../core/result.ts';
import type { CompiledOperator } from '../operators/operator.ts';
import { actionValue } from '../seclang/action-list.ts';
import { OPERATORS_WITH_MACROS } from '../seclang/operator.ts';
import type { ActionSyntax, LoadFault, OperatorSyntax, RuleSyntax } from '../seclang/syntax.ts';
import { EXPANDED_OPERATORS_MAX } from './bounds.ts';
import { compileOutcome } from './compile-outcome.ts';
import { compileReport } from './compile-report.ts';
import { type Control, compileControl } from './control.ts';
import { compileMacro, type Macro } from './macro.ts';
import type { OperatorPool } from './operator-pool.ts';
import type { Link, LinkOperator, Phase, Rule } from './rule.ts';
import type { RuleWorkshop } from './rule-workshop.ts';
import { compileAssignment, type VariableAssignment } from './set-variable.ts';
import { compileTargets } from './targets.ts';
import type { TransformationChain, TransformationStep } from './transformation-chain.ts';

/** Without SecDefaultAction a phase logs and passes. */
const PASS_AND_LOG: readonly ActionSyntax[] = [
  { name: 'log', value: null },
  { name: 'auditlog', value: null },
  { name: 'pass', value: null },
];

export function compileRule(
  rule: RuleSyntax,
  position: number,
  workshop: RuleWorkshop,
): Result<Rule, LoadFault> {
  const phase = Number(actionValue(rule.actions, 'phase') ?? '2') as Phase;
  const defaults = workshop.defaultActions.get(phase) ?? PASS_AND_LOG;
  const links: Link[] = [];
  for (const written of [rule, ...rule.links]) {
    const link = compileLink(written, defaults, workshop);
    if (!link.ok) return fail({ place: written.place, message: link.fault });
    links.push(link.value);
  }
  const outcome = compileOutcome(rule, defaults, position, workshop);
  if (!outcome.ok) return fail({ place: rule.place, message: outcome.fault });
  const report = compileReport([...defaults, ...rule.actions], rule.actions, workshop.variables);
  if (!report.ok) return fail({ place: rule.place, message: report.fault });
  const id = Number(actionValue(rule.actions, 'id') ?? '0');
  return ok({
    position,
    id,
    place: rule.place,
    phase,
    links,
    outcome: outcome.value,
    report: report.value,
    tags: rule.actions.filter(({ name }) => name === 'tag').map(({ value }) => value ?? ''),
    message: actionValue(rule.actions, 'msg') ?? '',
  });
}

function compileLink(
  rule: RuleSyntax,
  defaults: readonly ActionSyntax[],
  workshop: RuleWorkshop,
): Result<Link, string> {
  const targets = compileTargets(rule.targets, workshop.pool, workshop.variables);
  if (!targets.ok) return targets;
  const operator = rule.operator === null ? ok(null) : compileOperator(rule.operator, rule.folder, workshop);
  if (!operator.ok) return operator;
  const transformations = compileTransformations([...defaults, ...rule.actions], workshop);
  if (!transformations.ok) return transformations;
  const assignments: VariableAssignment[] = [];
  const controls: Control[] = [];
  for (const { name, value } of rule.actions) {
    if (name === 'setvar') {
      const compiled = compileAssignment(value ?? '', workshop.variables);
      if (!compiled.ok) return compiled;
      assignments.push(compiled.value);
    } else if (name === 'ctl') {
      const compiled = compileControl(value ?? '', workshop.pool);
      if (!compiled.ok) return compiled;
      controls.push(compiled.value);
    }
  }
  return ok({
    targets: targets.value,
    operator: operator.value,
    transformations: transformations.value,
    multiMatch: rule.actions.some(({ name }) => name === 'multimatch'),
    capture: rule.actions.some(({ name }) => name === 'capture'),
    assignments,
    controls,
  });
}

function compileOperator(
  { name, negated, argument: text }: OperatorSyntax,
  folder: string,
  workshop: RuleWorkshop,
): Result<LinkOperator, string> {
  const { pool, variables } = workshop;
  const argument = compileMacro(text, variables);
  const hasMacros = argument.ok && argument.value.constant === null && OPERATORS_WITH_MACROS.has(name);
  if (!hasMacros) {
    const compiled = pool.operator(name, text, folder);
    if (!compiled.ok) return fail(`@${name}: ${compiled.fault}`);
    const plain: Macro = { parts: [{ kind: 'text', text }], constant: text };
    return ok({ name, negated, argument: plain, compiled: compiled.value, expand: null });
  }
  const expand = expandedOperators(name, folder, pool);
  return ok({ name, negated, argument: argument.value, compiled: null, expand });
}

/** Keeps the operators of the last arguments that requests made. */
function expandedOperators(
  name: string,
  folder: string,
  pool: OperatorPool,
): (argument: string) => CompiledOperator | null {
  const kept = new Map<string, CompiledOperator | null>();
  return (argument) => {
    const known = kept.get(argument);
    if (known !== undefined) return known;
    const compiled = pool.compile(name, argument, folder);
    const operator = compiled.ok ? compiled.value : null;
    if (kept.size >= EXPANDED_OPERATORS_MAX) kept.clear();
    kept.set(argument, operator);
    return operator;
  };
}

function compileTransformations(
  actions: readonly ActionSyntax[],
  { chains, transformations }: RuleWorkshop,
): Result<TransformationChain, string> {
  let steps: TransformationStep[] = [];
  for (const { name, value } of actions) {
    if (name !== 't' || value === null) continue;
    if (value === 'none') {
      steps = [];
      continue;
    }
    const apply = transformations.get(value);
    if (apply === undefined) return fail(`There is no transformation "${value}".`);
    steps.push({ name: value, apply });
  }
  return ok(chains.chain(steps));
}
