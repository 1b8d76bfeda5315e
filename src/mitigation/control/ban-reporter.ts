/**
 * Tells the orchestrator what this node has banned and lifted by itself, so that all others do the same.
 *
 * What happens within a moment goes out together, the newest word on each target only. While nobody answers it waits,
 * bounded; when the orchestrator is there again, the comparison with all that the fleet bans brings back what was lost.
 */

import { growingPause, type Random } from '../../core/back-off.ts';
import type { Clock } from '../../core/clock.ts';
import { pause, type Timers } from '../../core/timers.ts';
import type { BanReport, ReportedBan } from '../../messages/ban-report.ts';
import type { StoredBan } from '../bans/ban-store.ts';
import { isSettled } from './is-settled.ts';
import type { OrchestratorTransport } from './orchestrator-transport.ts';

const GATHER_MS = 25;
const TIMEOUT_MS = 10_000;
const FIRST_PAUSE_MS = 500;
const WAITING_MAX = 10_000;
const REPORT_MAX = 200;

export interface BanReporterDeps {
  readonly transport: OrchestratorTransport;
  readonly timers: Timers;
  readonly clock: Clock;
  readonly random: Random;
}

/** What has become of a target since the orchestrator heard of it last. */
interface News {
  /** What was in force before was lifted. */
  readonly lifted: boolean;
  /** The ban that is in force now; null for none. */
  readonly ban: StoredBan | null;
}

export class BanReporter {
  readonly #deps: BanReporterDeps;
  /** By target. */
  readonly #waiting = new Map<string, News>();
  #nodeId: string | null = null;
  #stopping = new AbortController();
  #sending = false;

  constructor(deps: BanReporterDeps) {
    this.#deps = deps;
  }

  /** Reports for this node from now on. */
  start(nodeId: string): void {
    this.#nodeId = nodeId;
    this.#stopping = new AbortController();
    this.#hurry();
  }

  stop(): void {
    this.#stopping.abort();
    this.#nodeId = null;
  }

  banned(ban: StoredBan): void {
    // A ban that was lifted first is another one, which may be over sooner.
    this.#add(ban.target, { lifted: this.#waiting.get(ban.target)?.lifted ?? false, ban });
  }

  lifted(target: string): void {
    this.#add(target, { lifted: true, ban: null });
  }

  #add(target: string, news: News): void {
    if (this.#waiting.size >= WAITING_MAX && !this.#waiting.has(target)) return;
    this.#waiting.set(target, news);
    this.#hurry();
  }

  #hurry(): void {
    if (this.#sending || this.#nodeId === null || this.#waiting.size === 0) return;
    this.#sending = true;
    void this.#send(this.#nodeId, this.#stopping.signal).finally(() => {
      this.#sending = false;
      this.#hurry();
    });
  }

  async #send(nodeId: string, signal: AbortSignal): Promise<void> {
    const { transport, timers, random } = this.#deps;
    await pause(timers, GATHER_MS, signal);
    for (let failures = 0; !signal.aborted && this.#waiting.size > 0; ) {
      const part = [...this.#waiting].slice(0, REPORT_MAX);
      const path = `/api/v1/nodes/${nodeId}/reports`;
      const body = this.#reportOf(part);
      const answer = await transport.call({ method: 'POST', path, body, timeoutMs: TIMEOUT_MS, signal });
      const status = answer.ok ? answer.value.status : 0;
      if (isSettled(status)) {
        failures = 0;
        for (const [target, news] of part)
          if (this.#waiting.get(target) === news) this.#waiting.delete(target);
      } else {
        failures += 1;
        await pause(timers, growingPause(FIRST_PAUSE_MS, failures, random), signal);
      }
    }
  }

  #reportOf(part: readonly (readonly [string, News])[]): BanReport {
    const nowMs = this.#deps.clock.wallMs();
    const bans: ReportedBan[] = [];
    const lifted: string[] = [];
    for (const [target, news] of part) {
      const { ban } = news;
      if (news.lifted) lifted.push(target);
      if (ban !== null && ban.expiresAtMs > nowMs) {
        const seconds = (ban.expiresAtMs - nowMs) / 1000;
        const manual = ban.source === 'management';
        bans.push({
          target,
          reason: ban.reason.slice(0, 256),
          confidence: 1,
          duration_seconds: seconds,
          manual,
        });
      }
    }
    return { bans, lifted };
  }
}
