/**
 * Teaches what parameters usually hold, and tells where a weak finding stands in one that never held its like: in a
 * parameter of numbers or identifiers a stray quotation mark is no longer chance.
 */
import type { ParsedBody } from '../bodies/parsed-body.ts';
import type { RequestView } from '../inspection.ts';
import { CRITICAL, type Rule, WARNING } from './family.ts';
import type { Matches } from './matches.ts';
import { type ParameterHabits, pageKey, parameterKey } from './parameter-habit.ts';

export const UNLIKE_HABIT: Rule = {
  id: 'parameter-unlike-habit',
  label: 'UNUSUAL_PARAMETER',
  message: 'a value unlike all others of its parameter, beside another finding',
  score: WARNING,
};

/** Of one request, as many are learnt from. */
const PARAMETERS_MAX = 32;
const PART_CHARACTERS_MAX = 64;

export class HabitKeeper {
  readonly #habits: ParameterHabits;
  readonly #page: number;
  readonly #request: RequestView;

  constructor(habits: ParameterHabits, request: RequestView) {
    const { target } = request;
    const mark = target.indexOf('?');
    this.#habits = habits;
    this.#request = request;
    this.#page = pageKey(request.header('host') ?? '', mark === -1 ? target : target.slice(0, mark));
  }

  /** Adds to the matches where one of them alone is not enough. */
  judge(matches: Matches): void {
    if (matches.score === 0 || matches.score >= CRITICAL) return;
    for (const { part, value } of matches.list) {
      if (!this.#habits.isBrokenBy(parameterKey(this.#page, part), value)) continue;
      matches.addTo(part, UNLIKE_HABIT, value);
      return;
    }
  }

  /** Learns from the query of a request in which nothing was found. */
  learnQuery(): void {
    const { target } = this.#request;
    const mark = target.indexOf('?');
    if (mark === -1) return;
    let start = mark + 1;
    for (let count = 0; start < target.length && count < PARAMETERS_MAX; count += 1) {
      const next = target.indexOf('&', start);
      const end = next === -1 ? target.length : next;
      const equals = target.indexOf('=', start);
      if (equals !== -1 && equals < end)
        this.#learn('query', target.slice(start, equals), target.slice(equals + 1, end));
      start = end + 1;
    }
  }

  /** Learns from the fields of a body in which nothing was found. */
  learnBody({ fields }: ParsedBody): void {
    for (const { name, value } of fields.slice(0, PARAMETERS_MAX)) this.#learn('body', name, value);
  }

  #learn(area: string, name: string, value: string): void {
    if (value === '') return;
    const part = `${area}:${name}`.slice(0, PART_CHARACTERS_MAX);
    this.#habits.observe(parameterKey(this.#page, part), value, this.#request.clientAddress);
  }
}
