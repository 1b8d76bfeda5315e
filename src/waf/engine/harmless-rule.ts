/**
 * Rules that may match without anything else having to be looked at again: they tell nobody, write no variable and end
 * nothing. What they switch matters only to rules that look at values.
 */
import type { Control } from './control.ts';
import type { Rule } from './rule.ts';

/** @param contextual rules that run whatever the values are */
export function isHarmless(rule: Rule, contextual: readonly Rule[]): boolean {
  const { report, outcome, links } = rule;
  if (report.log || report.auditLog || report.severity !== null) return false;
  if (outcome.disruption.kind !== 'none' || !skipsNothing(rule, contextual)) return false;
  return links.every(
    ({ assignments, controls, capture }) =>
      assignments.length === 0 &&
      !capture &&
      controls.every((control) => isHarmlessControl(control, contextual)),
  );
}

/**
 * Whether the rules that a skip leaves out would not have done anything either: they wait for values, or all they do is
 * skip such rules themselves.
 */
function skipsNothing({ position, phase, outcome }: Rule, contextual: readonly Rule[]): boolean {
  let reach = outcome.skipTo;
  for (const other of contextual) {
    if (other.phase !== phase || other.position <= position || other.position >= reach) continue;
    if (!onlySkips(other)) return false;
    reach = Math.max(reach, other.outcome.skipTo);
  }
  return true;
}

function onlySkips({ report, outcome, links }: Rule): boolean {
  if (report.log || report.auditLog || report.severity !== null) return false;
  if (outcome.disruption.kind !== 'none') return false;
  return links.every(
    ({ assignments, controls, capture }) => assignments.length === 0 && controls.length === 0 && !capture,
  );
}

function isHarmlessControl(control: Control, contextual: readonly Rule[]): boolean {
  switch (control.kind) {
    case 'audit':
    case 'audit-parts':
    case 'answer-body-access':
    case 'force-body':
    case 'body-access':
      return true;
    case 'remove-rules':
      return !contextual.some((rule) => control.selection.has(rule));
    case 'remove-targets':
      return !control.removed.some(({ collection }) => collection.kind === 'variables');
    default:
      return false;
  }
}
