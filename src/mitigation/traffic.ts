/**
 * One worker's traffic, put together: tables, pool, telemetry, listener, in the order in which bytes travel.
 *
 * The only place that changes the context: a new snapshot is one assignment, and an exchange keeps the one
 * that it began with.
 */
import { randomBytes } from 'node:crypto';
import { BanTable } from '../core/ban-table.ts';
import { ClientTable } from '../core/client-table.ts';
import type { Clock } from '../core/clock.ts';
import { ConnectionCounts } from '../core/connection-count.ts';
import { ConnectionLedger } from '../core/connection-ledger.ts';
import { ConnectionUnits } from '../core/connection-units.ts';
import { createIdMaker } from '../core/ids.ts';
import { type Prefix, parsePrefix, prefixContains } from '../core/ip.ts';
import { compilePrefixSet, type PrefixSet } from '../core/prefix-set.ts';
import { warmUp } from '../waf/warm-up.ts';
import { compileSnapshot } from './compile-snapshot.ts';
import { HeadPool } from './http1/head-pool.ts';
import { Listener } from './listen/listener.ts';
import { isBanned } from './pipeline/bans.ts';
import { createClient } from './pipeline/forwarded-client.ts';
import { RecordedRuleFiles } from './rule-texts.ts';
import type { Snapshot } from './snapshot.ts';
import { AuditRecorder } from './telemetry/audit-recorder.ts';
import { DecisionRecorder } from './telemetry/decision-recorder.ts';
import { RecordBatcher } from './telemetry/record-batcher.ts';
import { createTrafficLayout } from './telemetry/traffic-layout.ts';
import { TrafficMeter } from './telemetry/traffic-meter.ts';
import type { TrafficContext } from './traffic-context.ts';
import { TrafficTelemetry } from './traffic-telemetry.ts';
import { TurnClock } from './turn-clock.ts';
import { OriginPool } from './upstream/origin-pool.ts';
import type { FromWorker, WorkerPolicy, WorkerStart } from './worker-messages.ts';

/** Time between two looks at all deadlines. */
const SWEEP_MS = 250;

export class Traffic {
  readonly #start: WorkerStart;
  readonly #clock: TurnClock;
  readonly #context: TrafficContext;
  readonly #listener: Listener;
  readonly #pool: OriginPool;
  readonly #batcher: RecordBatcher;
  readonly #decisions: DecisionRecorder;
  readonly #audit: AuditRecorder;
  readonly #sweeper: NodeJS.Timeout;
  /** Of the firewall in force. */
  #firewallId = '';
  #onEmpty: (() => void) | null = null;

  constructor(start: WorkerStart, systemClock: Clock, send: (message: FromWorker) => void) {
    const clock = new TurnClock(systemClock);
    const snapshot = this.#compile(start, start.workers);
    const { memory } = start;
    const layout = createTrafficLayout(start.rules);
    const meter = new TrafficMeter(layout, memory.traffic, start.index);
    this.#start = start;
    this.#clock = clock;
    this.#batcher = new RecordBatcher(
      {
        json: start.json,
        clock: systemClock,
        send: (text) => send({ kind: 'lines', text }),
        onDropped: (sink, count) => meter.eventsDropped(sink, count),
      },
      snapshot.logs,
    );
    this.#decisions = new DecisionRecorder({
      clock: systemClock,
      send: (text) => send({ kind: 'decisions', text }),
      onDropped: () => meter.eventsDropped('decisions', 1),
    });
    this.#audit = new AuditRecorder({
      clock: systemClock,
      version: start.version,
      send: (text) => send({ kind: 'audit', text }),
      onDropped: () => meter.eventsDropped('audit_log', 1),
    });
    const recorders = { batcher: this.#batcher, decisions: this.#decisions, audit: this.#audit };
    const observer = new TrafficTelemetry(meter, recorders, clock, send);
    this.#pool = new OriginPool(snapshot.upstream, clock, (error) => observer.unexpected(error));
    const clients = new ClientTable(memory.clients);
    const bans = new BanTable(memory.bans);
    this.#context = {
      snapshot,
      draining: false,
      denied: compilePrefixes(start.deniedPrefixes),
      bufferedBytes: 0,
      clock,
      clients,
      bans,
      pool: this.#pool,
      heads: new HeadPool(),
      observer,
      nextRequestId: createRequestIds(),
    };
    const counts = new ConnectionCounts(memory.counts);
    const units = new ConnectionUnits(counts, clients, new ConnectionLedger(memory.ledgers[start.index]!));
    this.#listener = new Listener(this.#context, units, start.tls);
    this.#sweeper = setInterval(() => this.#sweep(), SWEEP_MS);
  }

  /** Opens the door; resolves with the port. */
  listen(): Promise<number> {
    return this.#listener.listen(this.#start.host, this.#start.port);
  }

  /** Puts a new policy in force for requests from now on. */
  applyPolicy(policy: WorkerPolicy): void {
    const { tls } = policy;
    const snapshot = this.#compile(policy, this.#start.workers);
    this.#context.snapshot = snapshot;
    this.#pool.configure(snapshot.upstream);
    this.#batcher.switchTo(snapshot.logs);
    if (tls !== null) this.#listener.renewCertificate(tls);
    this.#listener.endClients((client) => snapshot.lists.decide(client.words) === 'deny');
    this.#listener.connections.each((connection) => {
      const client = createClient(connection.client.address, snapshot);
      if (client === null) return;
      connection.reclassify(client, snapshot.trustedProxies.longestMatch(client.words) !== -1);
    });
  }

  denyPrefixes(texts: readonly string[]): void {
    this.#context.denied = compilePrefixes(texts);
  }

  /** Ends the open connections of clients within a prefix that are banned: by now the ban may be lifted again. */
  closeClients(text: string): void {
    const prefix = readPrefix(text);
    if (prefix === null) return;
    this.#clock.tick();
    const nowMs = this.#clock.nowMs();
    this.#listener.endClients(
      (client) =>
        !client.exempt && prefixContains(prefix, client.words) && isBanned(client, this.#context, nowMs),
    );
  }

  /** Stops accepting and finishes what is in progress; resolves with the number of connections that were cut. */
  async drain(graceMs: number): Promise<number> {
    this.#context.draining = true;
    this.#listener.stopAccepting();
    this.#listener.connections.each((connection) => connection.drain());
    await this.#empty(graceMs);
    const cut = this.#listener.connections.size;
    this.#listener.connections.each((connection) => connection.destroy());
    clearInterval(this.#sweeper);
    this.#pool.close();
    this.#batcher.flush();
    this.#decisions.flush();
    this.#audit.flush();
    return cut;
  }

  #empty(graceMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, graceMs);
      this.#onEmpty = () => {
        clearTimeout(timer);
        resolve();
      };
      this.#sweep();
    });
  }

  /** The main thread has compiled the same policy before, so a fault here is a programmer's. */
  #compile({ config, revision, ruleTexts, firewallId }: WorkerPolicy, workers: number): Snapshot {
    const kept = firewallId === this.#firewallId ? this.#context.snapshot.waf : null;
    const snapshot = compileSnapshot(config, revision, workers, {
      ruleFiles: new RecordedRuleFiles(ruleTexts),
      patternFacts: ruleTexts.patternFacts,
      keptFirewall: kept,
      onUnexpected: (error) => this.#context.observer.unexpected(error),
    });
    if (!snapshot.ok) throw new Error(`The policy does not compile: ${snapshot.fault.join('; ')}`);
    const { waf } = snapshot.value;
    if (waf !== null && kept === null) warmUp(waf.inspector);
    this.#firewallId = firewallId;
    return snapshot.value;
  }

  #sweep(): void {
    this.#clock.tick();
    const nowMs = this.#clock.nowMs();
    this.#listener.sweep(nowMs);
    try {
      this.#pool.sweep(nowMs);
    } catch (error) {
      this.#context.observer.unexpected(error);
    }
    if (this.#listener.connections.size === 0 && this.#listener.handshaking === 0) this.#onEmpty?.();
  }
}

/** Request ids of this worker's life; six random octets keep workers, restarts and nodes apart. */
function createRequestIds(): () => string {
  const ids = createIdMaker(randomBytes(6).toString('hex'));
  return () => ids.next();
}

function compilePrefixes(texts: readonly string[]): PrefixSet {
  return compilePrefixSet(texts.map(readPrefix).filter((prefix) => prefix !== null));
}

function readPrefix(text: string): Prefix | null {
  const prefix = parsePrefix(text);
  return prefix.ok ? prefix.value : null;
}
