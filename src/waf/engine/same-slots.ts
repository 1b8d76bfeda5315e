/** Whether two states of TX hold the same values. */
import type { Slots } from './variables.ts';

export function sameSlots(one: Slots, other: Slots): boolean {
  if (one === other) return true;
  const length = Math.max(one.length, other.length);
  for (let slot = 0; slot < length; slot += 1) if (one[slot] !== other[slot]) return false;
  return true;
}
