/** The built-in rules at work on one request: what they find adds up to a score, and the score decides. */
import type { RuleMatch } from '../../core/verdict.ts';
import {
  PASS_RULING,
  type RequestBody,
  type RequestView,
  type ResponseView,
  type RuleRun,
  type Ruling,
} from '../inspection.ts';
import type { RuleException } from '../rule-exception.ts';
import { judgeBody } from './body-values.ts';
import { HabitKeeper } from './habit-keeper.ts';
import type { Judge } from './judge.ts';
import { Matches } from './matches.ts';
import type { ParameterHabits } from './parameter-habit.ts';
import { judgeHeader, judgeTarget } from './targets.ts';

/** Which parts of requests are looked at. */
export interface Inspected {
  readonly url: boolean;
  readonly headers: boolean;
  readonly body: boolean;
}

/** What all runs under one policy share. */
export interface BuiltinPlan {
  readonly judge: Judge;
  readonly inspected: Inspected;
  readonly refusesInvalidPaths: boolean;
  readonly exceptions: readonly RuleException[];
  readonly threshold: number;
  /** Null where nothing is to be learnt. */
  readonly habits: ParameterHabits | null;
}

const REFUSAL: Ruling = { kind: 'refuse', status: 403, location: null };

export class BuiltinRun implements RuleRun {
  /** Built-in rules leave responses alone. */
  readonly responseBytesWanted = 0;
  readonly auditMode = null;
  readonly #plan: BuiltinPlan;
  readonly #request: RequestView;
  readonly #matches: Matches;
  readonly #keeper: HabitKeeper | null;

  constructor(plan: BuiltinPlan, request: RequestView) {
    this.#plan = plan;
    this.#request = request;
    this.#matches = new Matches(plan.exceptions, request.target);
    this.#keeper = plan.habits === null ? null : new HabitKeeper(plan.habits, request);
  }

  get matches(): readonly RuleMatch[] {
    return this.#matches.list;
  }

  /** The sum of the scores of the distinct rules that matched. */
  get score(): number {
    return this.#matches.score;
  }

  inspectRequestHead(): Ruling {
    const { judge, inspected, refusesInvalidPaths } = this.#plan;
    const request = this.#request;
    judge.turnTo(this.#matches);
    if (inspected.url) judgeTarget(judge, request.target, refusesInvalidPaths);
    for (let index = 0; inspected.headers && index < request.headerCount && !judge.isFull; index += 1) {
      judgeHeader(judge, request.headerName(index), request.headerValue(index));
    }
    this.#keeper?.judge(this.#matches);
    if (this.#matches.found === 0) this.#keeper?.learnQuery();
    return this.#ruling();
  }

  inspectRequestBody(body: RequestBody | null): Ruling {
    const { judge, inspected } = this.#plan;
    if (body === null || !inspected.body) return PASS_RULING;
    judge.turnTo(this.#matches);
    const parsed = judgeBody(judge, body);
    this.#keeper?.judge(this.#matches);
    if (this.#matches.found === 0 && parsed !== null) this.#keeper?.learnBody(parsed);
    return this.#ruling();
  }

  inspectResponseHead(_response: ResponseView): Ruling {
    return PASS_RULING;
  }

  inspectResponseBody(_text: string | null): Ruling {
    return PASS_RULING;
  }

  finish(): void {
    // Nothing is kept between requests.
  }

  #ruling(): Ruling {
    return this.#matches.score >= this.#plan.threshold ? REFUSAL : PASS_RULING;
  }
}
