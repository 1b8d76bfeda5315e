/** Which rules read TX.0 to TX.9 without having captured anything themselves. */
import type { Macro } from './macro.ts';
import type { Rule } from './rule.ts';
import { CAPTURE_SLOTS } from './variable-table.ts';

/** Whether a rule may see what another one captured. */
export function readsOthersCaptures(rule: Rule): boolean {
  let captured = false;
  for (const { targets, operator, assignments, capture } of rule.links) {
    const looks = targets.some(({ slot }) => slot >= 0 && slot < CAPTURE_SLOTS);
    if (!captured && (looks || (operator !== null && readsCapture(operator.argument)))) return true;
    captured ||= capture && operator !== null && !operator.negated;
    if (!captured && assignments.some(({ name, value }) => readsCapture(name) || readsCapture(value)))
      return true;
  }
  const { message, data, tags } = rule.report;
  return !captured && [message, data, ...tags].some(readsCapture);
}

function readsCapture({ parts }: Macro): boolean {
  return parts.some((part) => part.kind === 'variable' && part.slot < CAPTURE_SLOTS);
}
