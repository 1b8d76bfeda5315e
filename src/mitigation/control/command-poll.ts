/**
 * The long poll for commands, beside the heartbeats: an order reaches the node at once, and an orchestrator that went
 * away and came back is noticed before the next heartbeat is due.
 *
 * It is a help, not a need: heartbeats carry the same answers. So it backs off without end when it fails and rests
 * where the orchestrator does not offer it.
 */

import { growingPause, type Random } from '../../core/back-off.ts';
import type { Clock } from '../../core/clock.ts';
import { pause, type Timers } from '../../core/timers.ts';
import { type ControlNews, decodeControl } from './link-messages.ts';
import type { OrchestratorTransport } from './orchestrator-transport.ts';

export interface CommandPollDeps {
  readonly transport: OrchestratorTransport;
  readonly timers: Timers;
  readonly clock: Clock;
  readonly random: Random;
  /** How long one poll waits at the orchestrator. */
  readonly waitSeconds: number;
  /** How long an answer may take beyond that. */
  readonly timeoutMs: number;
  readonly onNews: (news: ControlNews) => void;
  /** The orchestrator answers, but does not know the node; the poll has ended. */
  readonly onUnknown: () => void;
  /** The orchestrator answers again after it did not. */
  readonly onReachable: () => void;
}

const FIRST_PAUSE_MS = 500;
/** Polls that return sooner than they should are this far apart, whatever the orchestrator answers. */
const PACE_MS = 250;

export class CommandPoll {
  readonly #deps: CommandPollDeps;
  #run: AbortController | null = null;

  constructor(deps: CommandPollDeps) {
    this.#deps = deps;
  }

  /** Polls for this node from now on, beginning with what follows `cursor`. Ends what ran before. */
  start(nodeId: string, cursor: number): void {
    this.stop();
    const run = new AbortController();
    this.#run = run;
    void this.#poll(nodeId, cursor, run.signal);
  }

  /** Gives up the poll under way. */
  stop(): void {
    this.#run?.abort();
    this.#run = null;
  }

  async #poll(nodeId: string, firstCursor: number, signal: AbortSignal): Promise<void> {
    const { transport, timers, clock, random, waitSeconds, timeoutMs, onNews, onUnknown, onReachable } =
      this.#deps;
    let cursor = firstCursor;
    let failures = 0;
    while (!signal.aborted) {
      // After a failure the first question is a short one: its answer shows at once that somebody is there.
      const wait = failures === 0 ? waitSeconds : 0;
      const path = `/api/v1/nodes/${nodeId}/commands?wait=${wait}&after=${cursor}`;
      const askedAtMs = clock.nowMs();
      const answer = await transport.call({
        method: 'GET',
        path,
        timeoutMs: wait * 1000 + timeoutMs,
        signal,
      });
      if (signal.aborted) return;
      if (answer.ok && answer.value.status === 404) {
        this.stop();
        if (isUnknownNode(answer.value.json)) onUnknown();
        return;
      }
      if (answer.ok && answer.value.status === 200) {
        if (failures > 0) onReachable();
        failures = 0;
        const news = decodeControl(answer.value.json);
        cursor = news.cursor ?? cursor;
        onNews(news);
        await pause(timers, askedAtMs + PACE_MS - clock.nowMs(), signal);
      } else {
        failures += 1;
        await pause(timers, growingPause(FIRST_PAUSE_MS, failures, random), signal);
      }
    }
  }
}

/** Told apart from a server that has no such route. */
function isUnknownNode(json: unknown): boolean {
  return typeof json === 'object' && json !== null && 'code' in json && json.code === 'unknown_node';
}
