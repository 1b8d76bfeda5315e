/**
 * The last question: a node that is not heard is asked directly before it is given up. Pure.
 *
 * An answer gives it one more interval to be heard in the regular way, at most `EXTENSIONS_MAX` times: a node that
 * answers but never reports is of no use to the fleet either. No answer counts for one interval; after that the node is
 * asked anew. A node that cannot be asked is judged by its silence alone.
 */

export interface Question {
  readonly answer: 'open' | 'alive' | 'none';
  /** When the answer came; when it was asked while the answer is open. */
  readonly atMs: number;
  /** Times that the node has answered. */
  readonly extensions: number;
}

export type SuspectVerdict = 'wait' | 'ask' | 'dead';

export interface SuspectFacts {
  readonly nowMs: number;
  readonly intervalMs: number;
  readonly beyondTolerance: boolean;
}

export const EXTENSIONS_MAX = 3;

/** What becomes of a suspect, whom nothing holds back from being declared dead. */
export function judgeSuspect(question: Question | undefined, facts: SuspectFacts): SuspectVerdict {
  if (question === undefined) return 'ask';
  const { answer, atMs, extensions } = question;
  if (answer === 'open') return 'wait';
  const stale = facts.nowMs - atMs > facts.intervalMs;
  if (answer === 'none' && !stale) return facts.beyondTolerance ? 'dead' : 'wait';
  if (answer === 'alive' && !stale) return 'wait';
  if (extensions < EXTENSIONS_MAX) return 'ask';
  return facts.beyondTolerance ? 'dead' : 'wait';
}

/** The question put, at this moment. */
export function ask(question: Question | undefined, nowMs: number): Question {
  return { answer: 'open', atMs: nowMs, extensions: question?.extensions ?? 0 };
}

/** The question answered, or not. */
export function answered(question: Question, alive: boolean, nowMs: number): Question {
  return {
    answer: alive ? 'alive' : 'none',
    atMs: nowMs,
    extensions: question.extensions + (alive ? 1 : 0),
  };
}
