/**
 * Tells the orchestrator a few times a second what is used of fleet-wide limits, and puts in force what it answers.
 *
 * One report is under way at a time, and each is numbered, so an answer that was given up is never taken later. While
 * nothing has changed a report is made once a second, which keeps the allowances; while nothing is in use there is none.
 * Where nobody answers the allowances run out, and the node is back at its own share without having to notice.
 */

import { growingPause, type Random } from '../../core/back-off.ts';
import type { Clock } from '../../core/clock.ts';
import { pause, type Timers } from '../../core/timers.ts';
import { type LimitUsage, usageAnswer } from '../../messages/usage-report.ts';
import type { FleetUsage } from '../limits/fleet-usage.ts';
import type { OrchestratorTransport } from './orchestrator-transport.ts';

const EXCHANGE_MS = 250;
const RENEW_MS = 1000;
const TIMEOUT_MS = 1000;
/** Pauses grow up to about four seconds, less than which a node that is back would not be missed. */
const FAILURES_COUNTED = 5;

export interface UsageExchangeDeps {
  readonly transport: OrchestratorTransport;
  readonly timers: Timers;
  readonly clock: Clock;
  readonly random: Random;
  readonly usage: FleetUsage;
  /** Start of this process in milliseconds since 1970: what tells it from others of the same node. */
  readonly epoch: number;
  /** The ledger that the node follows; empty before it has heard of one. */
  readonly ledgerId: () => string;
}

export class UsageExchange {
  readonly #deps: UsageExchangeDeps;
  readonly #stopping = new AbortController();
  #nodeId: string | null = null;
  #sequence = 0;
  #failures = 0;
  /** What the orchestrator has answered last, and when it was collected. */
  #told: { readonly text: string; readonly atMs: number } = { text: '[]', atMs: 0 };

  constructor(deps: UsageExchangeDeps) {
    this.#deps = deps;
  }

  /** Begins to watch what is used; nobody is told before `start`. */
  run(): void {
    void this.#run(this.#stopping.signal);
  }

  /** Reports as this node from now on. */
  start(nodeId: string): void {
    this.#nodeId = nodeId;
    this.#failures = 0;
  }

  stop(): void {
    this.#stopping.abort();
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { timers, random } = this.#deps;
    while (!signal.aborted) {
      const failures = Math.min(this.#failures, FAILURES_COUNTED);
      await pause(timers, failures === 0 ? EXCHANGE_MS : growingPause(EXCHANGE_MS, failures, random), signal);
      if (!signal.aborted && this.#deps.usage.active) await this.#exchange(signal);
    }
  }

  async #exchange(signal: AbortSignal): Promise<void> {
    const { usage, clock, ledgerId } = this.#deps;
    usage.follow(ledgerId());
    const collectedMs = clock.nowMs();
    const limits = usage.collect(collectedMs);
    const text = JSON.stringify(limits);
    if (text === this.#told.text && (limits.length === 0 || collectedMs - this.#told.atMs < RENEW_MS)) {
      if (limits.length === 0) usage.idle();
      return;
    }
    if (await this.#report(limits, collectedMs, signal)) {
      this.#failures = 0;
      this.#told = { text, atMs: collectedMs };
    } else {
      this.#failures += 1;
      if (limits.length === 0) usage.idle();
      else usage.unanswered(collectedMs);
    }
  }

  /** Whether the orchestrator has answered. */
  async #report(limits: readonly LimitUsage[], collectedMs: number, signal: AbortSignal): Promise<boolean> {
    const { transport, usage, epoch } = this.#deps;
    // By keys of its own the node would be allowed all of the limit, and once more by those of the fleet.
    if (this.#nodeId === null || !usage.follows) return false;
    this.#sequence += 1;
    const path = `/api/v1/nodes/${this.#nodeId}/usage`;
    const body = { epoch, sequence: this.#sequence, limits };
    const answer = await transport.call({ method: 'POST', path, body, timeoutMs: TIMEOUT_MS, signal });
    if (!answer.ok || answer.value.status !== 200) return false;
    const decoded = usageAnswer.safeParse(answer.value.json);
    if (decoded.success) usage.answered(decoded.data, collectedMs);
    return decoded.success;
  }
}
