/** What a rule does once its whole chain matched: `block` becomes what SecDefaultAction of the phase says. */
import { fail, ok, type Result } from '../../core/result.ts';
import { actionValue } from '../seclang/action-list.ts';
import { DISRUPTIVE_ACTIONS } from '../seclang/actions.ts';
import type { ActionSyntax, RuleSyntax } from '../seclang/syntax.ts';
import { compileMacro } from './macro.ts';
import type { Disruption, Outcome } from './rule.ts';
import type { RuleWorkshop } from './rule-workshop.ts';
import type { VariableTable } from './variable-table.ts';

const DEFAULT_STATUS = 403;
const DEFAULT_REDIRECT_STATUS = 302;
export function compileOutcome(
  rule: RuleSyntax,
  defaults: readonly ActionSyntax[],
  position: number,
  workshop: RuleWorkshop,
): Result<Outcome, string> {
  const marker = actionValue(rule.actions, 'skipafter');
  const skipTo = marker === null ? -1 : workshop.findMarker(marker, position);
  if (marker !== null && skipTo === -1) return fail(`No SecMarker "${marker}" follows the rule.`);
  const own = rule.actions.find(({ name }) => DISRUPTIVE_ACTIONS.has(name)) ?? null;
  const byDefault = defaults.find(({ name }) => DISRUPTIVE_ACTIONS.has(name)) ?? null;
  const action = own === null || own.name === 'block' ? byDefault : own;
  const status = Number(actionValue(rule.actions, 'status') ?? actionValue(defaults, 'status') ?? '0');
  const disruption = compileDisruption(action, status, workshop.variables);
  return disruption.ok ? ok({ disruption: disruption.value, skipTo }) : disruption;
}

function compileDisruption(
  action: ActionSyntax | null,
  status: number,
  variables: VariableTable,
): Result<Disruption, string> {
  if (action?.name === 'deny') return ok({ kind: 'deny', status: status || DEFAULT_STATUS });
  if (action?.name === 'drop') return ok({ kind: 'drop' });
  if (action?.name === 'allow') {
    const scope = action.value === 'phase' || action.value === 'request' ? action.value : 'transaction';
    return ok({ kind: 'allow', scope });
  }
  if (action?.name !== 'redirect') return ok({ kind: 'none' });
  const location = compileMacro(action.value ?? '', variables);
  if (!location.ok) return location;
  const redirects = status >= 300 && status <= 399;
  return ok({
    kind: 'redirect',
    status: redirects ? status : DEFAULT_REDIRECT_STATUS,
    location: location.value,
  });
}
