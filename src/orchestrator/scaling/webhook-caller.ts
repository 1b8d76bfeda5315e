/**
 * Tells the provisioning receiver of decisions, beside everything else: nothing waits for it.
 *
 *   entry `scaling_decided` -> attempts with growing, jittered pauses -> entry `webhook_ended`
 *
 * What is to be told stands in the ledger, so an orchestrator that starts, or takes over, goes on where another has
 * stopped; the receiver knows repetitions by the key. Bounds: `CALLS_MAX` at once, `ATTEMPTS_MAX` each, and nothing is
 * asked for that was decided longer ago than `AGE_MAX_MS`.
 */
import { BACK_OFF_MAX_MS, growingPause } from '../../core/back-off.ts';
import type { Clock } from '../../core/clock.ts';
import type { Logger } from '../../core/logger.ts';
import type { Result } from '../../core/result.ts';
import { pause, type Timers } from '../../core/timers.ts';
import type { ScalingDecision } from '../../fleet/fleet-scaling.ts';
import type { FleetHub } from '../channel/fleet-hub.ts';
import type { OrchestratorCounters } from '../metrics.ts';
import type { Send, SmallAnswer } from '../small-request.ts';
import { webhookCall } from './webhook-call.ts';

export interface WebhookOptions {
  readonly url: string;
  /** Null leaves calls unsigned. */
  readonly secret: string | null;
}

export interface WebhookDeps {
  readonly hub: FleetHub;
  readonly clock: Clock;
  readonly timers: Timers;
  /** From 0 (included) to 1 (excluded); for pauses only. */
  readonly random: () => number;
  readonly send: Send;
  readonly logger: Logger;
  readonly counters: OrchestratorCounters;
}

interface Outcome {
  readonly outcome: 'delivered' | 'given_up';
  readonly attempts: number;
  readonly detail: string;
}

const CALLS_MAX = 4;
const ATTEMPTS_MAX = 8;
const TIMEOUT_MS = 30_000;
const FIRST_PAUSE_MS = 2000;
const AGE_MAX_MS = 3_600_000;
const DETAIL_CHARACTERS_MAX = 200;
/** Statuses below 500 that may be different next time. */
const PASSING: ReadonlySet<number> = new Set([408, 425, 429]);

export class WebhookCaller {
  readonly #options: WebhookOptions;
  readonly #deps: WebhookDeps;
  /** Calls under way, by key. */
  readonly #underWay = new Map<string, Promise<void>>();
  /** Outcomes that the ledger has not taken yet. */
  readonly #unrecorded = new Map<string, Outcome>();
  readonly #stopping = new AbortController();

  constructor(options: WebhookOptions, deps: WebhookDeps) {
    this.#options = options;
    this.#deps = deps;
  }

  /** Takes up what the ledger has open, as far as there is room; returns at once. */
  takeUp(): void {
    const pending = this.#deps.hub.state.scaling.pending();
    const keys = new Set(pending.map(({ key }) => key));
    for (const key of this.#unrecorded.keys()) if (!keys.has(key)) this.#unrecorded.delete(key);
    for (const decision of pending) {
      if (this.#underWay.size >= CALLS_MAX || this.#stopping.signal.aborted) return;
      if (this.#underWay.has(decision.key)) continue;
      const call = this.#carryOut(decision).finally(() => this.#underWay.delete(decision.key));
      this.#underWay.set(decision.key, call);
    }
  }

  /** Gives up waiting; what is open stays open in the ledger. Resolves once nothing is under way. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#underWay.values());
  }

  async #carryOut(decision: ScalingDecision): Promise<void> {
    const { hub, logger } = this.#deps;
    const outcome = this.#unrecorded.get(decision.key) ?? (await this.#call(decision));
    if (outcome === null) return;
    this.#unrecorded.set(decision.key, outcome);
    const body = { kind: 'webhook_ended' as const, key: decision.key, ...outcome };
    const recorded = await hub.decide([{ by: { kind: 'system', id: 'scaler' }, body }]);
    if (recorded.ok) this.#unrecorded.delete(decision.key);
    const fields = { key: decision.key, attempts: outcome.attempts, detail: outcome.detail };
    if (outcome.outcome === 'delivered') logger.info('The provisioning receiver was told', fields);
    else logger.error('The provisioning receiver could not be told', fields);
  }

  /** Null where the program ends before there is an outcome. */
  async #call(decision: ScalingDecision): Promise<Outcome | null> {
    const { clock, timers, random } = this.#deps;
    const { signal } = this.#stopping;
    for (let attempt = 1; ; attempt++) {
      if (clock.wallMs() - decision.at_ms > AGE_MAX_MS) {
        return { outcome: 'given_up', attempts: attempt, detail: 'decided too long ago to be carried out' };
      }
      const verdict = await this.#attempt(decision);
      if (signal.aborted && verdict.kind !== 'delivered') return null;
      if (verdict.kind === 'delivered') return { outcome: 'delivered', attempts: attempt, detail: '' };
      if (verdict.kind === 'refused' || attempt >= ATTEMPTS_MAX) {
        return { outcome: 'given_up', attempts: attempt, detail: verdict.detail };
      }
      const pauseMs = Math.max(growingPause(FIRST_PAUSE_MS, attempt, random), verdict.pauseMs);
      await pause(timers, Math.min(pauseMs, BACK_OFF_MAX_MS), signal);
      if (signal.aborted) return null;
    }
  }

  async #attempt(decision: ScalingDecision): Promise<Verdict> {
    const { clock, send, counters, logger } = this.#deps;
    const { url, secret } = this.#options;
    const call = webhookCall(decision, secret, clock.wallMs());
    const answer = await send({
      ...{ method: 'POST', url, ...call },
      ...{ timeoutMs: TIMEOUT_MS, signal: this.#stopping.signal },
    });
    const verdict = judgeAnswer(answer);
    const delivered = verdict.kind === 'delivered';
    counters.addOf('secbeat_webhook_calls_total', delivered ? 'ok' : 'error');
    if (decision.action === 'heal') {
      counters.add('orchestrator_self_healing_webhooks_sent_total');
      if (!delivered) counters.add('orchestrator_self_healing_webhook_errors_total');
    }
    if (!delivered) {
      logger.warn('A call of the provisioning receiver failed', {
        ...{ key: decision.key, error: verdict.detail },
      });
    }
    return verdict;
  }
}

type Verdict =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'refused'; readonly detail: string }
  | { readonly kind: 'failed'; readonly detail: string; readonly pauseMs: number };

function judgeAnswer(answer: Result<SmallAnswer, string>): Verdict {
  if (!answer.ok) {
    return { kind: 'failed', detail: answer.fault.slice(0, DETAIL_CHARACTERS_MAX), pauseMs: 0 };
  }
  const { status, retryAfterMs } = answer.value;
  if (status >= 200 && status < 300) return { kind: 'delivered' };
  const detail = `the receiver answered ${status}`;
  if (status >= 500 || PASSING.has(status)) return { kind: 'failed', detail, pauseMs: retryAfterMs };
  return { kind: 'refused', detail };
}
