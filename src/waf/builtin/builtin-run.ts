/** The built-in rules at work on one request: what they find adds up to a score, and the score decides. */

import type { RuleException } from '../../core/rule-exception.ts';
import type { RuleMatch } from '../../core/verdict.ts';
import { engineMatch } from '../engine/engine-match.ts';
import {
  PASS_RULING,
  type RequestBody,
  type RequestView,
  type ResponseView,
  type RuleRun,
  type Ruling,
} from '../inspection.ts';
import { judgeBody } from './body-values.ts';
import { HabitKeeper } from './habit-keeper.ts';
import type { Judge } from './judge.ts';
import type { Matches } from './matches.ts';
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
  /** What becomes of a request that could not be looked at whole in its time. */
  readonly onOverrun: 'refuse' | 'pass';
  /** Null where nothing is to be learnt. */
  readonly habits: ParameterHabits | null;
}

const REFUSAL: Ruling = { kind: 'refuse', status: 403, location: null };
const OVERRUN_REFUSAL: Ruling = { kind: 'refuse', status: 503, location: null };

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
    this.#matches = plan.judge.collect(plan.exceptions, request.target);
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
    for (let index = 0; inspected.headers && index < request.headerCount && !judge.isOver; index += 1) {
      judgeHeader(judge, request.headerName(index), request.headerValue(index));
    }
    this.#keeper?.judge(this.#matches);
    if (this.#isClean) this.#keeper?.learnQuery();
    return this.#ruling('the head');
  }

  inspectRequestBody(body: RequestBody | null): Ruling {
    const { judge, inspected } = this.#plan;
    if (body === null || !inspected.body) return PASS_RULING;
    judge.turnTo(this.#matches);
    const parsed = judgeBody(judge, body);
    this.#keeper?.judge(this.#matches);
    if (this.#isClean && parsed !== null) this.#keeper?.learnBody(parsed);
    return this.#ruling('the body');
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

  /** Whether everything was looked at and nothing found. */
  get #isClean(): boolean {
    return this.#matches.found === 0 && !this.#matches.isCutOff;
  }

  /** @param what was judged; what was found until the time was over counts */
  #ruling(what: string): Ruling {
    const isCutOff = this.#matches.isCutOff;
    if (isCutOff) {
      this.#matches.tell(engineMatch('waf-budget', 'request', `The request used up its time in ${what}.`));
    }
    if (this.#matches.score >= this.#plan.threshold) return REFUSAL;
    return isCutOff && this.#plan.onOverrun === 'refuse' ? OVERRUN_REFUSAL : PASS_RULING;
  }
}
