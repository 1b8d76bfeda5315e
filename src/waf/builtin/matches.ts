/** What matched in one request so far, and the score that it adds up to. */

import { isWithin, plainPath } from '../../core/plain-path.ts';
import type { RuleException } from '../../core/rule-exception.ts';
import type { RuleMatch } from '../../core/verdict.ts';
import type { Budget } from '../budget/budget.ts';
import { CRITICAL, type Findings, type Rule } from './family.ts';
import { type Decoding, Reading } from './reading.ts';

/** What is answered for a request without matches. */
export const NO_MATCHES: readonly RuleMatch[] = Object.freeze([]);

/** More matches than these tell nobody anything new, and inspecting ends with them. */
const MATCHES_MAX = 16;
const VALUE_CHARACTERS_MAX = 512;
/** Of what stands before a match, so much is told. */
const CONTEXT_CHARACTERS = 128;
/** Names of parameters and headers are the client's; the part that names one is cut to this. */
const PART_CHARACTERS_MAX = 64;
const NO_DECODINGS: readonly Decoding[] = [];

export class Matches implements Findings {
  readonly #exceptions: readonly RuleException[];
  readonly #target: string;
  readonly #budget: Budget;
  #list: RuleMatch[] | null = null;
  #score = 0;
  #found = 0;
  #area = '';
  #name = '';
  #reading: Reading | null = null;

  /** @param target of the request, for exceptions by path */
  constructor(exceptions: readonly RuleException[], target: string, budget: Budget) {
    this.#exceptions = exceptions;
    this.#target = target;
    this.#budget = budget;
  }

  spend(units: number): boolean {
    return this.#budget.spend(units);
  }

  get list(): readonly RuleMatch[] {
    return this.#list ?? NO_MATCHES;
  }

  /** The sum of the scores of the rules that matched, each counted once. */
  get score(): number {
    return this.#score;
  }

  /** How often anything was found, exceptions and repetitions included. */
  get found(): number {
    return this.#found;
  }

  /** Whether nothing more will be collected: there is enough, or the time is over. */
  get isOver(): boolean {
    return this.#budget.exceeded || (this.#list !== null && this.#list.length >= MATCHES_MAX);
  }

  /** Whether the time was over before everything was looked at. */
  get isCutOff(): boolean {
    return this.#budget.exceeded;
  }

  /** Adds what no rule found. */
  tell(match: RuleMatch): void {
    this.#list ??= [];
    this.#list.push(match);
  }

  /** The text that is looked at from now on, until the next call. */
  look(reading: Reading, area: string, name: string): void {
    this.#reading = reading;
    this.#area = area;
    this.#name = name;
  }

  /** Records a match in a value that was matched before. */
  addTo(part: string, rule: Rule, value: string): void {
    this.look(new Reading(value, NO_DECODINGS), part, '');
    this.add(rule, 0, value.length);
  }

  /** Records a match in the reading at hand; a rule counts once in each part, unless it says more the second time. */
  add(rule: Rule, start: number, end: number, score: number = rule.score): void {
    const reading = this.#reading;
    // Random text decodes to something now and then; an attack does so on purpose.
    if (score < CRITICAL && reading?.decodings.includes('base64') === true) return;
    this.#found += 1;
    if (reading === null || (this.#list !== null && this.#list.length >= MATCHES_MAX)) return;
    const part = this.#name === '' ? this.#area : `${this.#area}:${this.#name}`.slice(0, PART_CHARACTERS_MAX);
    if (this.#exceptions.some((exception) => this.#isExcepted(exception, rule, part))) return;
    this.#list ??= [];
    let known = 0;
    let knownHere = 0;
    for (const match of this.#list) {
      if (match.ruleId !== rule.id) continue;
      known = Math.max(known, match.score);
      if (match.part === part) knownHere = Math.max(knownHere, match.score);
    }
    if (knownHere >= score) return;
    this.#score += Math.max(0, score - known);
    this.#list.push(toMatch(rule, score, part, reading, start, end));
  }

  #isExcepted({ ruleId, tag, part, path }: RuleException, rule: Rule, matched: string): boolean {
    if (ruleId !== null && ruleId !== rule.id) return false;
    if (tag !== null && tag !== rule.label) return false;
    if (part !== null && matched !== part && !matched.startsWith(`${part}:`)) return false;
    if (path === null) return true;
    // Where origins may read the path in several ways, no exception holds.
    const plain = plainPath(this.#target);
    return plain !== null && isWithin(plain, path);
  }
}

function toMatch(
  rule: Rule,
  score: number,
  part: string,
  reading: Reading,
  start: number,
  end: number,
): RuleMatch {
  const { text, decodings } = reading;
  const from = Math.max(0, start - CONTEXT_CHARACTERS);
  const value = text.slice(from, from + VALUE_CHARACTERS_MAX);
  return {
    ruleId: rule.id,
    label: rule.label,
    message: rule.message,
    score,
    part,
    value,
    start: start - from,
    end: Math.max(start - from, Math.min(end - from, value.length)),
    decodings,
    source: null,
    details: null,
  };
}
