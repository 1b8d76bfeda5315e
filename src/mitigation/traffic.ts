/**
 * One worker's traffic, put together: tables, pool, telemetry, listener, in the order in which bytes travel.
 *
 * The only place that changes the context: a new snapshot is one assignment, and an exchange keeps the one
 * that it began with.
 */
import { randomBytes } from 'node:crypto';
import { type ListMemory, NamedList } from '../core/access-lists.ts';
import { BanTable } from '../core/ban-table.ts';
import { ClientTable } from '../core/client-table.ts';
import type { Clock } from '../core/clock.ts';
import { ConnectionCounts } from '../core/connection-count.ts';
import { ConnectionLedger } from '../core/connection-ledger.ts';
import { ConnectionUnits } from '../core/connection-units.ts';
import type { GeoTable } from '../core/geo-table.ts';
import { createIdMaker } from '../core/ids.ts';
import { ClientDemands } from '../tls/client-demands.ts';
import type { TlsProfile } from '../tls/tls-policy.ts';
import { warmUp } from '../waf/warm-up.ts';
import { compileDenied, type DeniedPeers } from './bans/denied-peers.ts';
import type { Client } from './client.ts';
import { compileSnapshot } from './compile-snapshot.ts';
import { HeadPool } from './exchange/head-pool.ts';
import { HeadReaders } from './http2/head-readers.ts';
import { Limiter } from './limits/limiter.ts';
import { Tarpit } from './limits/tarpit.ts';
import { isTrusted } from './listen/admission.ts';
import { type ChallengeLists, Challenges } from './listen/challenges.ts';
import { FrontDoor } from './listen/front-door.ts';
import { type GeoMemory, LoadedGeo } from './lists/loaded-geo.ts';
import { createSeed } from './memory.ts';
import { isBanned } from './pipeline/bans.ts';
import { createClient } from './pipeline/forwarded-client.ts';
import { GoodClients } from './pipeline/good-clients.ts';
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
import { eventLoopTurns } from './turns/event-loop-turns.ts';
import { InputTurns } from './turns/input-turns.ts';
import type { UpstreamPolicy } from './upstream/upstream-policy.ts';
import { Upstreams } from './upstream/upstreams.ts';
import type { FromWorker, WorkerPolicy, WorkerStart } from './worker-messages.ts';

/** Time between two looks at all deadlines. */
const SWEEP_MS = 250;

export class Traffic {
  readonly #start: WorkerStart;
  readonly #clock: TurnClock;
  readonly #context: TrafficContext;
  readonly #door: FrontDoor;
  readonly #upstreams: Upstreams;
  readonly #batcher: RecordBatcher;
  readonly #decisions: DecisionRecorder;
  readonly #audit: AuditRecorder;
  readonly #sweeper: NodeJS.Timeout;
  /** Of the firewall in force. */
  #firewallId = '';
  /** The large lists in force. */
  #lists: readonly NamedList[];
  #onEmpty: (() => void) | null = null;
  /** The doors open and close one after the other. */
  #doorTurn: Promise<unknown> = Promise.resolve();
  /** Ends the WebSockets that go on behind a closed door. */
  #tunnelTimer: NodeJS.Timeout | null = null;

  constructor(start: WorkerStart, systemClock: Clock, send: (message: FromWorker) => void) {
    const clock = new TurnClock(systemClock);
    this.#lists = start.lists.map((list) => new NamedList(list));
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
    this.#upstreams = new Upstreams(upstreamsOf(snapshot), {
      clock,
      random: Math.random,
      events: observer,
      sweepMs: SWEEP_MS,
    });
    const clients = new ClientTable(memory.clients);
    const bans = new BanTable(memory.bans);
    this.#context = {
      snapshot,
      draining: !start.accepting,
      denied: compileDenied(start.denied),
      geo: start.geo === null ? null : new LoadedGeo(start.geo),
      clientDemands: new ClientDemands(start.tls?.profiles ?? []),
      bufferedBytes: 0,
      answerBytes: 0,
      clock,
      inputTurns: new InputTurns(eventLoopTurns(() => clock.readMs())),
      clients,
      bans,
      limiter: new Limiter(memory.limits, memory.limitCounts, memory.fleetSlots),
      tarpit: new Tarpit(),
      upstreams: this.#upstreams,
      goodClients: new GoodClients(createSeed()),
      heads: new HeadPool(),
      headReaders: new HeadReaders(),
      challenges: new Challenges(start.challenges),
      observer,
      nextRequestId: createRequestIds(),
    };
    const counts = new ConnectionCounts(memory.counts);
    const units = new ConnectionUnits(counts, clients, new ConnectionLedger(memory.ledgers[start.index]!));
    this.#door = new FrontDoor(this.#context, units, start);
    this.#sweeper = setInterval(() => this.#sweep(), SWEEP_MS);
  }

  /** Opens the door, unless the node takes no connections just now; resolves with the port. */
  async listen(): Promise<number> {
    const { accepting, port } = this.#start;
    return accepting ? await this.openDoor() : port;
  }

  /** Takes connections, perhaps again; resolves with the port, rejects where the address cannot be had. */
  openDoor(): Promise<number> {
    return this.#inTurn(async () => {
      const { config, host, port, workers } = this.#start;
      const opened = await this.#door.listen(host, port, config.network.tls.session_affinity ? workers : 0);
      this.#context.draining = false;
      this.#endTunnelsIn(null);
      return opened;
    });
  }

  /** Takes no connections for now and finishes what is in progress; WebSockets go on for as long as the grace. */
  closeDoor(graceMs: number): Promise<void> {
    return this.#inTurn(() => {
      this.#context.draining = true;
      this.#clock.tick();
      this.#door.stopAccepting();
      this.#door.each((connection) => connection.drain());
      this.#endTunnelsIn(graceMs);
      return Promise.resolve();
    });
  }

  #inTurn<Value>(act: () => Promise<Value>): Promise<Value> {
    const done = this.#doorTurn.then(act);
    this.#doorTurn = done.catch(() => undefined);
    return done;
  }

  #endTunnelsIn(graceMs: number | null): void {
    if (this.#tunnelTimer !== null) clearTimeout(this.#tunnelTimer);
    this.#tunnelTimer = null;
    const end = (): void => this.#door.each((connection) => connection.drainTunnels());
    if (graceMs === 0) end();
    else if (graceMs !== null) this.#tunnelTimer = setTimeout(end, graceMs);
  }

  /** Puts a new policy in force for requests from now on. */
  applyPolicy(policy: WorkerPolicy): void {
    const { tls } = policy;
    const snapshot = this.#compile(policy, this.#start.workers);
    this.#context.snapshot = snapshot;
    this.#upstreams.configure(upstreamsOf(snapshot));
    this.#batcher.switchTo(snapshot.logs);
    if (tls !== null) {
      this.#door.useTls(tls);
      this.#demandBy(tls.profiles);
    }
    this.#enforceLists();
  }

  /** Puts other large lists in force for connections and requests from now on. */
  replaceLists(lists: readonly ListMemory[]): void {
    this.#lists = lists.map((list) => new NamedList(list));
    const { snapshot } = this.#context;
    this.#context.snapshot = { ...snapshot, lists: snapshot.lists.withLists(this.#lists) };
    this.#enforceLists();
  }

  /** Shows other certificates in handshakes from now on. */
  useCertificates(profiles: readonly TlsProfile[]): void {
    this.#door.useCertificates(profiles);
    this.#demandBy(profiles);
  }

  /** Ends open connections whose clients were not asked for what is asked of them by now. */
  #demandBy(profiles: readonly TlsProfile[]): void {
    const before = this.#context.clientDemands;
    const demands = new ClientDemands(profiles);
    this.#context.clientDemands = demands;
    if (!demands.any) return;
    this.#door.each((connection) => {
      if (demands.isNewFor(connection.facts.serverName, before)) connection.destroy();
    });
  }

  useTicketKeys(keys: Uint8Array): void {
    this.#door.useTicketKeys(keys);
  }

  replaceChallenges(lists: ChallengeLists): void {
    this.#context.challenges.replace(lists);
  }

  replaceGeo(geo: GeoMemory | null): void {
    this.#context.geo = geo === null ? null : new LoadedGeo(geo);
  }

  /** Ends open connections of clients that the lists deny by now, and tells the others what they are. */
  #enforceLists(): void {
    const { snapshot } = this.#context;
    this.#door.endClients((client) => snapshot.lists.match(client.words).decision === 'deny');
    this.#door.each((connection) => {
      const client = createClient(connection.facts.client.address, snapshot);
      if (client !== null) connection.facts.reclassify(client, isTrusted(client, snapshot));
    });
  }

  deny(targets: readonly string[]): void {
    this.#context.denied = compileDenied(targets);
  }

  /** Ends the open connections of clients that one of these bans is on: by now it may be lifted again. */
  closeBanned(targets: readonly string[]): void {
    const meant = compileDenied(targets);
    this.#clock.tick();
    const nowMs = this.#clock.nowMs();
    this.#door.endClients(
      (client) =>
        !client.exempt && isOn(client, meant, this.#context.geo) && isBanned(client, this.#context, nowMs),
    );
    if (meant.fingerprints.size > 0) this.#closeFingerprints(meant.fingerprints);
  }

  #closeFingerprints(meant: DeniedPeers['fingerprints']): void {
    const { fingerprints } = this.#context.denied;
    this.#door.each((connection) => {
      const { client, ja4 } = connection.facts;
      if (!client.exempt && meant.has(ja4) && fingerprints.has(ja4)) connection.destroy();
    });
  }

  /** Stops accepting and finishes what is in progress; resolves with the number of connections that were cut. */
  async drain(graceMs: number): Promise<number> {
    await this.closeDoor(0);
    await this.#empty(graceMs);
    const cut = this.#door.size;
    this.#door.each((connection) => connection.destroy());
    this.#door.close();
    clearInterval(this.#sweeper);
    this.#upstreams.close();
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
    const kept = firewallId === this.#firewallId ? this.#context.snapshot.firewall : null;
    const snapshot = compileSnapshot(config, revision, workers, {
      ruleFiles: new RecordedRuleFiles(ruleTexts),
      patternFacts: ruleTexts.patternFacts,
      keptFirewall: kept,
      onUnexpected: (error) => this.#context.observer.unexpected(error),
    });
    if (!snapshot.ok) throw new Error(`The policy does not compile: ${snapshot.fault.join('; ')}`);
    // Sites share the rules, so warming up those of one warms up nearly all.
    const waf = snapshot.value.sites.all[0]?.waf ?? null;
    if (waf !== null && kept === null) warmUp(waf.inspector);
    this.#firewallId = firewallId;
    return { ...snapshot.value, lists: snapshot.value.lists.withLists(this.#lists) };
  }

  #sweep(): void {
    this.#clock.tick();
    const nowMs = this.#clock.nowMs();
    this.#door.sweep(nowMs);
    try {
      const { bufferedBytes, snapshot } = this.#context;
      this.#upstreams.sweep(nowMs, bufferedBytes, snapshot.http.bufferedBytesMax);
    } catch (error) {
      this.#context.observer.unexpected(error);
    }
    if (this.#door.isEmpty) this.#onEmpty?.();
  }
}

function upstreamsOf({ sites }: Snapshot): readonly UpstreamPolicy[] {
  return sites.all.map((site) => site.upstream);
}

/** Request ids of this worker's life; six random octets keep workers, restarts and nodes apart. */
function createRequestIds(): () => string {
  const ids = createIdMaker(randomBytes(6).toString('hex'));
  return () => ids.next();
}

/** Whether a ban on an address, a prefix or a network is on this client. */
function isOn({ words }: Client, { prefixes, networks }: DeniedPeers, geo: GeoTable | null): boolean {
  if (prefixes.longestMatch(words) !== -1) return true;
  return networks.size > 0 && geo !== null && networks.has(geo.asnOf(words));
}
