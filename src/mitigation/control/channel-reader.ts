/**
 * The node's end of its channel: reads lines as long as the orchestrator sends them, and opens the channel anew where it
 * breaks off, stays silent or skips something.
 *
 * It never gives up and never blocks; while there is no channel, what was decided before stays in force.
 */
import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { Clock } from '../../core/clock.ts';
import { messageOf } from '../../core/error-message.ts';
import { ChannelFollower } from '../../fleet/channel-follower.ts';
import type { FleetSnapshot } from '../../fleet/fleet-state.ts';
import { channelLine, type EntryLine } from '../../messages/channel-line.ts';
import { growingPause, type Random } from './back-off.ts';

export interface ChannelReaderDeps {
  readonly serverUrl: string;
  readonly token: string | null;
  readonly clock: Clock;
  readonly random: Random;
  /** Something was decided; its times are by the clock of the orchestrator. */
  readonly onEntry: (line: EntryLine) => void;
  /** Everything that is in force. */
  readonly onSnapshot: (snapshot: FleetSnapshot) => void;
  /** The channel has ended and will be opened again. */
  readonly onFault: (message: string) => void;
}

const FIRST_PAUSE_MS = 200;
/** The orchestrator says something every five seconds. */
const SILENCE_MAX_MS = 15_000;
/** More than a line of a snapshot has. */
const LINE_CHARACTERS_MAX = 1 << 20;

export class ChannelReader {
  readonly #deps: ChannelReaderDeps;
  readonly #follower: ChannelFollower = new ChannelFollower({ ledgerId: '', seq: 0 });
  #stopping: AbortController | null = null;
  /** How far the clock of this machine is ahead of the orchestrator's, at most: what lines took on their way counts in. */
  #aheadMs = Number.POSITIVE_INFINITY;

  constructor(deps: ChannelReaderDeps) {
    this.#deps = deps;
  }

  /** Follows for this node from now on. Ends what ran before. */
  start(nodeId: string): void {
    this.stop();
    const stopping = new AbortController();
    this.#stopping = stopping;
    void this.#follow(nodeId, stopping.signal);
  }

  stop(): void {
    this.#stopping?.abort();
    this.#stopping = null;
  }

  /** A time of the orchestrator's by the clock of this machine. */
  toOwnClock(wallMs: number): number {
    return Number.isFinite(this.#aheadMs) ? wallMs + this.#aheadMs : wallMs;
  }

  async #follow(nodeId: string, signal: AbortSignal): Promise<void> {
    const { random, onFault } = this.#deps;
    let failures = 0;
    while (!signal.aborted) {
      const before = this.#follower.position;
      const fault = await this.#readChannel(nodeId, signal);
      if (signal.aborted) return;
      const { ledgerId, seq } = this.#follower.position;
      failures = ledgerId === before.ledgerId && seq === before.seq ? failures + 1 : 1;
      onFault(fault);
      await pause(growingPause(FIRST_PAUSE_MS, failures, random), signal);
    }
  }

  /** Reads one channel to its end; resolves with why it ended. */
  #readChannel(nodeId: string, signal: AbortSignal): Promise<string> {
    const { serverUrl, token } = this.#deps;
    const { ledgerId, seq } = this.#follower.position;
    const url = new URL(`/api/v1/nodes/${nodeId}/channel`, serverUrl);
    url.search = new URLSearchParams({ ledger: ledgerId, after: String(seq) }).toString();
    const headers = token === null ? {} : { authorization: `Bearer ${token}` };
    const send = url.protocol === 'https:' ? requestHttps : requestHttp;
    const { promise, resolve } = Promise.withResolvers<string>();
    const request = send(url, { headers, signal, agent: false, timeout: SILENCE_MAX_MS });
    const end = (fault: string): void => {
      resolve(fault);
      request.destroy();
    };
    request.on('timeout', () => end(`nothing came for ${SILENCE_MAX_MS / 1000} seconds`));
    request.on('error', (error) => end(messageOf(error)));
    request.on('response', (response) => {
      if (response.statusCode === 200) this.#readLines(response, end);
      else end(`the orchestrator answered ${response.statusCode}`);
    });
    request.end();
    return promise;
  }

  #readLines(response: IncomingMessage, end: (fault: string) => void): void {
    let rest = '';
    this.#follower.opened();
    response.setEncoding('utf8');
    response.on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > LINE_CHARACTERS_MAX) end('a line has no end');
      for (const line of lines) {
        const fault = this.#takeLine(line);
        if (fault !== null) {
          end(fault);
          return;
        }
      }
    });
    response.on('error', (error) => end(messageOf(error)));
    response.on('close', () => end('the orchestrator has closed the channel'));
  }

  /** Null, or why the channel has to be opened anew. */
  #takeLine(text: string): string | null {
    const line = channelLine.safeParse(parseJson(text));
    // A newer orchestrator may say what this node has no word for.
    if (!line.success) return null;
    const { clock, onEntry, onSnapshot } = this.#deps;
    const step = this.#follower.take(line.data);
    if (step.kind === 'reopen') return step.fault;
    if (step.kind === 'clock') this.#aheadMs = Math.min(this.#aheadMs, clock.wallMs() - step.wallMs);
    if (step.kind === 'entry') onEntry(step.line);
    if (step.kind === 'snapshot') onSnapshot(step.snapshot);
    return null;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function pause(pauseMs: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, pauseMs);
  signal.addEventListener(
    'abort',
    () => {
      clearTimeout(timer);
      resolve();
    },
    { once: true },
  );
  return promise;
}
