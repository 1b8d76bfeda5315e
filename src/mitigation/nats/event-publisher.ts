/**
 * Publishes what the firewall decided. Events are for watching: they are sent once and never waited for. While the servers
 * are away, or take less than there is, events are given up and counted.
 */
import type { NatsConnection } from '@nats-io/transport-node';
import type { Logger } from '../../core/logger.ts';
import { pause, type Timers } from '../../core/timers.ts';
import { connectNats, type NatsOptions } from '../../nats/connect-nats.ts';
import type { Decision } from '../../waf/decision.ts';
import { toWafEvent } from './waf-event.ts';

export interface EventPublisherDeps {
  readonly options: NatsOptions;
  readonly nodeId: () => string | null;
  readonly timers: Timers;
  readonly random: () => number;
  readonly logger: Logger;
}

/** Octets under way that no server has taken yet. */
const UNTAKEN_BYTES_MAX = 4 << 20;
const CONNECT_PAUSE_MS = 5000;

export class EventPublisher {
  /** Events given up since the start. */
  dropped = 0;
  readonly #deps: EventPublisherDeps;
  readonly #stopping = new AbortController();
  #connection: NatsConnection | null = null;
  #connected = false;
  #untaken = 0;
  #flushing = false;

  constructor(deps: EventPublisherDeps) {
    this.#deps = deps;
  }

  /** Begins to connect, and goes on for as long as it takes. */
  start(): void {
    void this.#connect();
  }

  /** @param lines decisions as they are written down, one a line */
  take(lines: string): void {
    for (const line of lines.split('\n')) if (line !== '') this.#publish(line);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#connected = false;
    await this.#connection?.close();
  }

  #publish(line: string): void {
    const connection = this.#connected ? this.#connection : null;
    const decision = connection === null ? null : readDecision(line);
    if (connection === null || decision === null || this.#untaken > UNTAKEN_BYTES_MAX) {
      this.dropped += 1;
      return;
    }
    const { options, nodeId } = this.#deps;
    const text = JSON.stringify(toWafEvent(decision, nodeId()));
    try {
      connection.publish(`${options.prefix}.events.waf`, text);
      this.#untaken += text.length;
      if (!this.#flushing) void this.#flush(connection);
    } catch {
      // The connection has been closed in between.
      this.dropped += 1;
    }
  }

  /** What was sent before a server has answered has been taken. */
  async #flush(connection: NatsConnection): Promise<void> {
    this.#flushing = true;
    const sent = this.#untaken;
    // While it fails, what is under way counts on.
    const taken = await connection.flush().then(
      () => true,
      () => false,
    );
    if (taken) this.#untaken -= sent;
    this.#flushing = false;
  }

  async #connect(): Promise<void> {
    const { options, timers, random, logger } = this.#deps;
    const { signal } = this.#stopping;
    let told = false;
    while (!signal.aborted) {
      const connected = await connectNats(options, { name: 'secbeat node', logger, random });
      if (connected.ok) return await this.#use(connected.value);
      if (!told) logger.warn('Events are not published for now', { error: connected.fault });
      told = true;
      await pause(timers, CONNECT_PAUSE_MS, signal);
    }
  }

  async #use(connection: NatsConnection): Promise<void> {
    if (this.#stopping.signal.aborted) return await connection.close();
    this.#connection = connection;
    this.#connected = true;
    for await (const { type } of connection.status()) {
      if (type === 'disconnect') this.#connected = false;
      if (type !== 'reconnect') continue;
      this.#connected = true;
      this.#untaken = 0;
    }
  }
}

function readDecision(line: string): Decision | null {
  try {
    return JSON.parse(line) as Decision;
  } catch {
    return null;
  }
}
