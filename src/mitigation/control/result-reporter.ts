/**
 * Tells the orchestrator what became of its commands, until it has taken it down.
 *
 * What happens within a moment goes out together. Bounds: `WAITING_MAX` results, of which the oldest give way; the node
 * hears of their commands again and does not repeat them, and the orchestrator notes them as expired.
 */

import { growingPause, type Random } from '../../core/back-off.ts';
import { pause, type Timers } from '../../core/timers.ts';
import type { ReportedResult } from '../../messages/command-results.ts';
import { RESULT_CHARACTERS_MAX } from '../../messages/entries/commands.ts';
import { isSettled } from './is-settled.ts';
import type { OrchestratorTransport } from './orchestrator-transport.ts';

const GATHER_MS = 25;
const TIMEOUT_MS = 10_000;
const LAST_TIMEOUT_MS = 2000;
const FIRST_PAUSE_MS = 500;
const WAITING_MAX = 1000;
const REPORT_MAX = 100;
/** Octets of results in one report; an orchestrator takes a little more. */
const REPORT_BYTES_MAX = 48 * 1024;

export interface ResultReporterDeps {
  readonly transport: OrchestratorTransport;
  readonly timers: Timers;
  readonly random: Random;
}

export class ResultReporter {
  readonly #deps: ResultReporterDeps;
  /** By command id, in the order in which they came. */
  readonly #waiting = new Map<string, ReportedResult>();
  #nodeId: string | null = null;
  #stopping = new AbortController();
  #sending: Promise<void> | null = null;

  constructor(deps: ResultReporterDeps) {
    this.#deps = deps;
  }

  /** Reports for this node from now on. */
  start(nodeId: string): void {
    this.#nodeId = nodeId;
    this.#hurry();
  }

  add(result: ReportedResult): void {
    for (const oldest of this.#waiting.keys()) {
      if (this.#waiting.size < WAITING_MAX) break;
      this.#waiting.delete(oldest);
    }
    this.#waiting.set(result.id, { ...result, detail: cutDetail(result.detail) });
    this.#hurry();
  }

  /** Says once more what is not said yet; resolves soon in any case. */
  async stop(): Promise<void> {
    const nodeId = this.#nodeId;
    this.#nodeId = null;
    this.#stopping.abort();
    await this.#sending;
    if (nodeId === null || this.#waiting.size === 0) return;
    await this.#report(nodeId, this.#nextPart(), LAST_TIMEOUT_MS, new AbortController().signal);
  }

  #hurry(): void {
    if (this.#sending !== null || this.#nodeId === null || this.#waiting.size === 0) return;
    this.#sending = this.#send(this.#nodeId, this.#stopping.signal).finally(() => {
      this.#sending = null;
      this.#hurry();
    });
  }

  async #send(nodeId: string, signal: AbortSignal): Promise<void> {
    const { timers, random } = this.#deps;
    await pause(timers, GATHER_MS, signal);
    for (let failures = 0; !signal.aborted && this.#waiting.size > 0; ) {
      if (await this.#report(nodeId, this.#nextPart(), TIMEOUT_MS, signal)) {
        failures = 0;
      } else {
        failures += 1;
        await pause(timers, growingPause(FIRST_PAUSE_MS, failures, random), signal);
      }
    }
  }

  /** Whether that is settled: taken down, or refused for what it says, as it would be again. */
  async #report(
    nodeId: string,
    results: readonly ReportedResult[],
    timeoutMs: number,
    signal: AbortSignal,
  ): Promise<boolean> {
    const path = `/api/v1/nodes/${nodeId}/results`;
    const answer = await this.#deps.transport.call({
      ...{ method: 'POST', path, timeoutMs, signal },
      body: { results },
    });
    const status = answer.ok ? answer.value.status : 0;
    const settled = isSettled(status);
    if (settled) for (const { id } of results) this.#waiting.delete(id);
    return settled;
  }

  #nextPart(): readonly ReportedResult[] {
    const part: ReportedResult[] = [];
    let bytes = 0;
    for (const result of this.#waiting.values()) {
      bytes += Buffer.byteLength(JSON.stringify(result));
      if (part.length > 0 && (part.length >= REPORT_MAX || bytes > REPORT_BYTES_MAX)) break;
      part.push(result);
    }
    return part;
  }
}

/** As much as an entry takes and as fits into a report: escaped, a character may become many octets. */
function cutDetail(detail: string): string {
  let cut = detail.slice(0, RESULT_CHARACTERS_MAX);
  while (Buffer.byteLength(JSON.stringify(cut)) > REPORT_BYTES_MAX / 2) {
    cut = cut.slice(0, Math.floor(cut.length * 0.75));
  }
  return cut;
}
