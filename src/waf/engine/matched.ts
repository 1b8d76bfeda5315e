/**
 * What the rule at work has matched so far: MATCHED_VAR and MATCHED_VARS. Both begin empty with each rule and fill
 * down its chain. Values are those after the transformations.
 */
import { MATCHED_VALUES_MAX } from './bounds.ts';
import type { Member } from './collections/member.ts';

export class Matched {
  /** The last value, and the variable it came from: `ARGS:id`. */
  value = '';
  name = '';
  readonly values: Member[] = [];

  reset(): void {
    this.value = '';
    this.name = '';
    this.values.length = 0;
  }

  take(name: string, value: string): void {
    this.name = name;
    this.value = value;
    if (this.values.length < MATCHED_VALUES_MAX) this.values.push({ name, value });
  }
}
