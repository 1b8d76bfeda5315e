/** What a variable of the rule language reads. */
import type { Member } from './member.ts';
import type { Message } from './message.ts';

/** The first phase in which a variable has its value. */
export type KnownFrom = 1 | 2 | 3 | 4;

/** One value of a request or of its answer; always there, possibly empty. */
export interface ScalarCollection {
  readonly kind: 'scalar';
  /** In upper case: `REQUEST_METHOD`. */
  readonly name: string;
  readonly from: KnownFrom;
  /** The part of the message, for people. */
  readonly part: string;
  /** Whether the value is another at each look: a clock. */
  readonly volatile: boolean;
  read(message: Message): string;
}

/** Named values of a request or of its answer. */
export interface MemberCollection {
  readonly kind: 'members';
  readonly name: string;
  readonly from: KnownFrom;
  /** The part of the message that one of them is, for people: `query:id`. */
  part(message: Message, index: number): string;
  read(message: Message): readonly Member[];
  /** How many have a name (in lower case), where that can be told without reading them; else null. */
  readonly countNamed: ((message: Message, name: string) => number) | null;
}

/** TX. */
export interface VariablesCollection {
  readonly kind: 'variables';
  readonly name: 'TX';
}

/** What the rule at work matched so far; the most severe match of all rules. */
export interface MatchedCollection {
  readonly kind: 'matched';
  readonly name:
    | 'MATCHED_VAR'
    | 'MATCHED_VAR_NAME'
    | 'MATCHED_VARS'
    | 'MATCHED_VARS_NAMES'
    | 'HIGHEST_SEVERITY';
}

/** The rule at work itself: `RULE:id`. */
export interface RuleCollection {
  readonly kind: 'rule';
  readonly name: 'RULE';
}

export type Collection =
  | ScalarCollection
  | MemberCollection
  | VariablesCollection
  | MatchedCollection
  | RuleCollection;
