/**
 * The inspection of one request by one program. In each phase the values that have come are shown to the screen; then
 * the rules that it left, and those that no value decides, are walked through in load order. Where nothing was found
 * and TX is as the program foresaw it, the outcome of the phase is known already and taken over.
 *
 * Evaluation that fails refuses the request; it never throws.
 */
import type { RuleMatch } from '../../core/verdict.ts';
import type { BodyFault } from '../bodies/parsed-body.ts';
import { processorOf } from '../bodies/processor.ts';
import {
  PASS_RULING,
  type RequestBody,
  type RequestView,
  type ResponseView,
  type RuleRun,
  type Ruling,
} from '../inspection.ts';
import { wantsAnswerBody } from './answer-body.ts';
import { applyControl } from './apply-control.ts';
import { takeBody } from './body-intake.ts';
import { findCollection } from './collections/catalogue.ts';
import { Message } from './collections/message.ts';
import { type EngineMatchId, engineMatch } from './engine-match.ts';
import type { PhasePlan, QuietOutcome } from './phase-plan.ts';
import type { ProgramParts } from './program-parts.ts';
import type { Phase } from './rule.ts';
import { sameSlots } from './same-slots.ts';
import { Screening } from './screening.ts';
import type { RulePlan } from './screening-plan.ts';
import { TransactionState } from './state.ts';
import { Variables } from './variables.ts';
import { takeRule } from './walk.ts';

const REFUSED_BODY: Ruling = { kind: 'refuse', status: 400, location: null };
const REFUSED_LENGTH: Ruling = { kind: 'refuse', status: 413, location: null };
const REFUSED_OVERRUN: Ruling = { kind: 'refuse', status: 503, location: null };
const REFUSED_FAULT: Ruling = { kind: 'refuse', status: 500, location: null };

export class Transaction implements RuleRun {
  readonly matches: RuleMatch[] = [];
  responseBytesWanted = 0;
  readonly #parts: ProgramParts;
  readonly #message: Message;
  readonly #state: TransactionState;
  readonly #screening: Screening | null;
  /** The last phase that an `allow` lets go by. */
  #allowedUntil = 0;

  constructor(parts: ProgramParts, request: RequestView) {
    const { settings, clock, start } = parts;
    this.#parts = parts;
    const processor = processorOf(request.header('content-type')) ?? '';
    this.#message = new Message(request, settings, clock, processor);
    this.#message.bodyAccess = start.bodyAccess;
    this.#message.bodyForced = start.bodyForced;
    if (parts.testsDuration) this.#message.startMs = clock.nowMs();
    const variables = new Variables(parts.table, parts.template);
    this.#state = new TransactionState(this.#message, variables, parts.budget, start);
    this.#screening =
      parts.screen === null ? null : new Screening(parts.screening, parts.screen, parts.budget);
  }

  /** What `ctl:auditEngine` made of the audit log for this request. */
  get auditMode(): 'on' | 'off' | 'relevant-only' {
    return this.#state.auditMode;
  }

  inspectRequestHead(): Ruling {
    return this.#guarded(1, () => {
      const ruling = this.#run(1);
      return ruling.kind === 'pass' ? this.#judgeFault(this.#message.headFault, 'head') : ruling;
    });
  }

  inspectRequestBody(body: RequestBody | null): Ruling {
    return this.#guarded(2, () => {
      takeBody(this.#message, body);
      const ruling = this.#run(2);
      if (ruling.kind !== 'pass') return ruling;
      if (this.#message.bodyCut)
        this.#tell('waf-limit', 'body', 'Only the beginning of the body was looked at.');
      if (this.#parts.testsBodyFaults) return ruling;
      return this.#judgeFault(this.#message.bodyFault, 'body');
    });
  }

  inspectResponseHead(response: ResponseView): Ruling {
    this.#message.response = response;
    const ruling = this.#guarded(3, () => this.#run(3));
    const wanted = this.#parts.readsAnswerBody && this.#state.mode !== 'off' && this.#state.answerBodyAccess;
    if (wanted && wantsAnswerBody(response, this.#parts.settings)) {
      this.responseBytesWanted = this.#parts.settings.responseBodyLimit;
    }
    return ruling;
  }

  inspectResponseBody(text: string | null): Ruling {
    this.#message.responseBody = text ?? '';
    return this.#guarded(4, () => this.#run(4));
  }

  finish(): void {
    this.#guarded(5, () => this.#run(5));
  }

  /** Runs a phase unless it is let go by; whatever fails inside refuses the request. */
  #guarded(phase: Phase, run: () => Ruling): Ruling {
    if (this.#state.mode === 'off' || phase <= this.#allowedUntil) return PASS_RULING;
    this.#parts.budget.restart();
    try {
      const ruling = run();
      if (this.#state.fault !== null) return this.#fail(new Error(this.#state.fault));
      if (this.#parts.budget.exceeded && ruling.kind === 'pass') return this.#overrun(phase);
      return ruling;
    } catch (error) {
      return this.#fail(error);
    }
  }

  #run(phase: Phase): Ruling {
    const plan = this.#parts.phases[phase];
    if (this.#screening === null) return this.#walk(phase, plan.rules);
    this.#screening.look(this.#message, phase);
    const found = this.#found(plan, this.#screening.candidates(phase));
    const quiet = this.#quietOutcome(plan);
    if (quiet === null || !found.every(isHarmlessPlan)) return this.#walkFound(phase, plan, found, quiet);
    this.#takeHarmless(found);
    this.#state.variables.adopt(quiet.after);
    return PASS_RULING;
  }

  #takeHarmless(found: readonly RulePlan[]): void {
    let goOnAt = 0;
    for (const { rule, decided } of found) {
      if (rule.position < goOnAt) continue;
      if (decided && this.#state.isUntouched) {
        for (const control of rule.links[0]!.controls) applyControl(control, this.#state);
        goOnAt = rule.outcome.skipTo;
      } else goOnAt = takeRule(rule, this.#state, this.matches).goOnAt;
    }
  }

  /** What the phase comes to if nothing is found in it; null where something was found before. */
  #quietOutcome({ quiet }: PhasePlan): QuietOutcome | null {
    const { slots, others } = this.#state.variables;
    if (others !== null) return null;
    for (const outcome of quiet) if (outcome.before === slots) return outcome;
    return null;
  }

  /** The candidates and the rules that only guards decide, as far as guards let them. */
  #found(plan: PhasePlan, candidates: readonly RulePlan[]): readonly RulePlan[] {
    let found: RulePlan[] | null = null;
    for (const candidate of plan.guarded) {
      if (this.#passesGuards(candidate)) {
        found ??= [];
        found.push(candidate);
      }
    }
    if (candidates.length === 0) return found ?? candidates;
    const left = candidates.filter((candidate) => this.#passesGuards(candidate));
    return found === null ? left : mergeRules(found, left);
  }

  #passesGuards({ guards }: RulePlan): boolean {
    for (const guard of guards) if (!guard(this.#state)) return false;
    return true;
  }

  #walkFound(phase: Phase, plan: PhasePlan, found: readonly RulePlan[], quiet: QuietOutcome | null): Ruling {
    const ruling = this.#walk(phase, mergeRules(plan.contextual, found));
    const { variables } = this.#state;
    // What was found came to nothing: back to what was foreseen.
    if (quiet !== null && variables.others === null && sameSlots(variables.slots, quiet.after)) {
      variables.adopt(quiet.after);
    }
    return ruling;
  }

  #walk(phase: Phase, plans: readonly RulePlan[]): Ruling {
    let rules = plans;
    let goOnAt = 0;
    for (let index = 0; index < rules.length; index += 1) {
      const { rule } = rules[index]!;
      if (rule.position < goOnAt) continue;
      const step = takeRule(rule, this.#state, this.matches);
      if (step.ruling.kind !== 'pass') return step.ruling;
      if (step.allowed !== null) this.#allowedUntil = step.allowed === 'request' ? 2 : 4;
      if (this.#isOver()) return PASS_RULING;
      if (step.goOnAt > goOnAt) goOnAt = step.goOnAt;
      if (this.#state.processorChanged) rules = this.#lookAgain(phase, rules, rule.position);
    }
    return PASS_RULING;
  }

  #isOver(): boolean {
    return this.#state.mode === 'off' || this.#state.fault !== null || this.#parts.budget.exceeded;
  }

  /** REQBODY_PROCESSOR has changed: rules that wait for its value may have come in. */
  #lookAgain(phase: Phase, rules: readonly RulePlan[], position: number): readonly RulePlan[] {
    this.#state.processorChanged = false;
    const collection = findCollection('REQBODY_PROCESSOR');
    if (this.#screening === null || collection === null) return rules;
    this.#screening.lookAgain(this.#message, collection);
    const later = this.#screening
      .candidates(phase)
      .filter((plan) => plan.rule.position > position && !rules.includes(plan) && this.#passesGuards(plan));
    return later.length === 0 ? rules : mergeRules(rules, later);
  }

  #judgeFault(fault: BodyFault | null, part: string): Ruling {
    if (fault === null) return PASS_RULING;
    this.#tell(fault.kind === 'limit' ? 'waf-limit' : 'waf-body', part, fault.message);
    const refuses = this.#parts.policy.onBodyFault === 'refuse' && this.#allowedUntil === 0;
    if (this.#state.mode !== 'on' || !refuses) return PASS_RULING;
    return fault.kind === 'limit' ? REFUSED_LENGTH : REFUSED_BODY;
  }

  #overrun(phase: Phase): Ruling {
    this.#tell('waf-budget', 'transaction', `The request used up its time in phase ${phase}.`);
    return this.#state.mode === 'on' && this.#parts.policy.onOverrun === 'refuse'
      ? REFUSED_OVERRUN
      : PASS_RULING;
  }

  #fail(error: unknown): Ruling {
    this.#state.fault = null;
    this.#tell('waf-fault', 'transaction', 'The rules could not be evaluated.');
    this.#parts.policy.onError(error);
    return this.#state.mode === 'on' ? REFUSED_FAULT : PASS_RULING;
  }

  #tell(id: EngineMatchId, part: string, message: string): void {
    this.matches.push(engineMatch(id, part, message));
  }
}

function isHarmlessPlan({ harmless }: RulePlan): boolean {
  return harmless;
}

/** Both lists in load order; no rule is in both. */
function mergeRules(one: readonly RulePlan[], other: readonly RulePlan[]): readonly RulePlan[] {
  if (one.length === 0) return other;
  if (other.length === 0) return one;
  const merged: RulePlan[] = [];
  let next = 0;
  for (const plan of one) {
    while (next < other.length && other[next]!.rule.position < plan.rule.position) {
      merged.push(other[next]!);
      next += 1;
    }
    merged.push(plan);
  }
  for (; next < other.length; next += 1) merged.push(other[next]!);
  return merged;
}
