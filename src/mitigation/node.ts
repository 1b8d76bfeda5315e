/**
 * The main thread of a mitigation node: policy, bans, workers, and what operators and the orchestrator may
 * ask. It never touches traffic, so it answers while the workers are saturated.
 *
 *   configuration -> policy -> workers        workers -> bans, lines, counters -> disk, log, metrics
 */
import { join } from 'node:path';
import type { Config } from '../config/schema.ts';
import { messageOf } from '../core/error-message.ts';
import { fail, ok, type Result } from '../core/result.ts';
import type { MetricFamily } from '../export/prometheus.ts';
import { AccessKeeper } from './access-keeper.ts';
import type { AcmeManager } from './acme/acme-manager.ts';
import { createAcmeManager } from './acme/create-acme-manager.ts';
import { BanBook } from './bans/ban-book.ts';
import { BanDesk } from './bans/ban-desk.ts';
import { BanStore } from './bans/ban-store.ts';
import type { AppendLog } from './decisions/append-log.ts';
import { openAuditLog } from './decisions/audit-file.ts';
import { openDecisionLog } from './decisions/decision-files.ts';
import { type DrainCause, DrainKeeper } from './drain-keeper.ts';
import { type FleetSettings, inMode } from './fleet-settings.ts';
import type { BanInForce } from './kernel/ban-mirror.ts';
import type { FleetUsage } from './limits/fleet-usage.ts';
import { findTaken } from './listen/taken-address.ts';
import { TlsKeeper } from './listen/tls-keeper.ts';
import type { BanRequest, BanView, NodeControl, NodeState, NodeStatus } from './node-control.ts';
import type { NodeOptions } from './node-options.ts';
import { type Policy, preparePolicy } from './policy.ts';
import { type Change, PolicyKeeper } from './policy-keeper.ts';
import { SharedTables } from './shared-tables.ts';
import type { HealthFacts } from './telemetry/health.ts';
import type { WindowFigures } from './telemetry/traffic-window.ts';
import { WorkerCrew } from './worker-crew.ts';
import type { FromWorker, WorkerStart } from './worker-messages.ts';

const SWEEP_MS = 1000;

export class MitigationNode implements NodeControl {
  readonly #options: NodeOptions;
  readonly #tables: SharedTables;
  readonly #store: BanStore;
  readonly #book: BanBook;
  readonly #banDesk: BanDesk;
  readonly #crew: WorkerCrew;
  readonly #access: AccessKeeper;
  readonly #drain: DrainKeeper;
  /** Certificates, ticket keys and challenges. */
  readonly #tls: TlsKeeper;
  readonly #acme: AcmeManager;
  readonly #decisions: AppendLog;
  #audit: AppendLog | null = null;
  readonly #sweeper: NodeJS.Timeout;
  readonly #startedMs: number;
  readonly #policies: PolicyKeeper;
  /** What is banned beside single clients. */
  #denied: readonly string[] = [];
  #port: number;
  #state: NodeState = 'Starting';
  #nodeId: string | null = null;

  private constructor(options: NodeOptions, policy: Policy, store: BanStore) {
    const { config, clock } = options;
    this.#options = options;
    const { fleet } = options;
    const onChange = (changed: Policy) => this.#putInForce(changed);
    this.#policies = new PolicyKeeper({ ...options, onChange }, { policy, usual: config, fleet });
    this.#port = options.listen.port;
    this.#startedMs = clock.nowMs();
    this.#tables = new SharedTables(config, policy, options.workers, this.#startedMs);
    this.fleetUsage.configure(policy.config);
    this.#store = store;
    this.#crew = new WorkerCrew({
      startOf: (index) => this.#workerStart(index),
      workers: options.workers,
      logger: options.log,
      nowMs: () => clock.nowMs(),
      onMessage: (message, index) => this.#onWorkerMessage(message, index),
      onLost: (index) => this.#tables.releaseWorker(index),
    });
    this.#drain = new DrainKeeper({
      ask: (message) => this.#crew.ask(message),
      findTaken: () => findTaken('network.listen_addr', { host: options.listen.host, port: this.#port }),
      isEnding: () => this.#state === 'Terminating',
      graceSeconds: () => this.#policy.config.management.shutdown_grace_period,
      logger: options.log,
      onChange: options.onStatus,
    });
    this.#tls = new TlsKeeper({
      clock,
      logger: options.log,
      tell: (message) => this.#crew.tell(message),
    });
    this.#acme = createAcmeManager(config, { ...options, tls: this.#tls, logger: options.log });
    const announcer = {
      deny: (targets: readonly string[]) => {
        this.#denied = targets;
        this.#crew.tell({ kind: 'deny', targets });
      },
      closeClients: (targets: readonly string[]) => this.#crew.tell({ kind: 'close', targets }),
      banSet: (ban: BanInForce) => this.#access.banSet(ban),
      banLifted: (target: string) => this.#access.banLifted(target),
    };
    const { ipv6_prefix, blacklist } = config.ddos;
    const memoryMs = blacklist.max_blacklist_duration_seconds * 1000;
    this.#book = new BanBook({ table: this.#tables.bans, store, clock, announcer }, ipv6_prefix, memoryMs);
    this.#banDesk = new BanDesk({ ...options, book: this.#book });
    this.#access = new AccessKeeper({
      config,
      configured: policy.lists,
      clock,
      logger: options.log,
      tell: (message) => this.#crew.tell(message),
      readBans: () => this.#book.inForce(),
    });
    this.#decisions = openDecisionLog(config.state.dir, (error) => {
      options.log.error('Decisions could not be written', { error });
    });
    this.#openAudit(config);
    this.#sweeper = setInterval(() => this.#sweep(), SWEEP_MS);
  }

  /** Prepares the policy, opens the bans and starts the workers; a fault names what is wrong, and nothing runs. */
  static async start(options: NodeOptions): Promise<Result<MitigationNode, readonly string[]>> {
    const { config, log } = options;
    const policy = await preparePolicy(inMode(config, options.fleet.mode), 1, options.workers);
    if (!policy.ok) return policy;
    const store = BanStore.open(join(config.state.dir, 'node.db'), (error) => {
      log.error('Bans could not be written, trying again', { error });
    });
    if (!store.ok) return fail([store.fault]);
    const { createdCertificate } = policy.value;
    if (createdCertificate !== null) log.info('Made a self-signed certificate', { path: createdCertificate });
    const node = new MitigationNode(options, policy.value, store.value);
    const faults = await node.#begin();
    if (faults.length > 0) {
      clearInterval(node.#sweeper);
      await node.#access.close();
      store.value.close();
      return fail(faults);
    }
    log.setLevel(config.logging.level);
    await node.#access.guard(config, { host: options.listen.host, port: node.port });
    node.#state = 'Active';
    return ok(node);
  }

  /** Loads the lists, then opens the door; the faults are sentences. */
  async #begin(): Promise<readonly string[]> {
    const faults = await this.#access.load(this.#options.config);
    if (faults.length > 0) return faults;
    await this.#tls.configure(this.#policy.tls, this.#policy.certificateFiles);
    await this.#acme.configure(this.#options.config.acme);
    try {
      await this.#crew.start();
      return [];
    } catch (error) {
      return [messageOf(error)];
    }
  }

  /** The port that clients connect to. */
  get port(): number {
    return this.#port;
  }

  /** The configuration in force. */
  get config(): Config {
    return this.#policy.config;
  }

  get #policy(): Policy {
    return this.#policies.policy;
  }

  setNodeId(id: string): void {
    this.#nodeId = id;
  }

  get #shownState(): NodeState {
    return this.#state === 'Active' && this.#drain.draining ? 'Draining' : this.#state;
  }

  /** What probes are told from; cheap, for they come often. */
  health(): HealthFacts {
    return { state: this.#shownState, workersAlive: this.#crew.alive };
  }

  status(): NodeStatus {
    const { clock, version, workers } = this.#options;
    const uptimeMs = clock.nowMs() - this.#startedMs;
    return {
      nodeId: this.#nodeId,
      state: this.#shownState,
      version,
      startedAt: new Date(clock.wallMs() - uptimeMs).toISOString(),
      uptimeSeconds: uptimeMs / 1000,
      controlLink: this.#options.linkState(),
      configRevision: this.#policy.revision,
      fleet: this.fleet,
      workers: { configured: workers, alive: this.#crew.alive, restarts: this.#crew.restarts },
      traffic: this.#tables.totals(),
      system: this.#options.readSystem(),
    };
  }

  /** All metrics as they stand now. */
  metrics(): MetricFamily[] {
    return this.#tables.metrics(this.#policy.config, this.#options.clock.nowMs(), {
      status: this.status(),
      bansActive: this.#book.active,
      ...this.#access.read(),
      droppedLogLines: this.#options.log.droppedLines(),
      droppedEvents: this.#options.droppedEvents(),
    });
  }

  bans(): readonly BanView[] {
    return this.#banDesk.list();
  }

  addBan(request: BanRequest): Result<BanView, string> {
    return this.#banDesk.add(request);
  }

  liftBan(target: string): Result<boolean, string> {
    return this.#banDesk.lift(target);
  }

  liftHere(target: string): Result<boolean, string> {
    return this.#banDesk.liftHere(target);
  }

  /** What the fleet has banned and lifted; see the book. */
  get sharedBans(): Pick<BanBook, 'share' | 'unshare' | 'shareAll'> {
    return this.#book;
  }

  /** What is used of limits that hold for the fleet. */
  get fleetUsage(): FleetUsage {
    return this.#tables.fleetUsage;
  }

  /** What of the fleet's is in force. */
  get fleet(): FleetSettings {
    return this.#policies.fleet;
  }

  /** What traffic was like since this was asked last. */
  readTraffic(): WindowFigures {
    return this.#tables.window(this.#options.clock.nowMs());
  }

  /** Reads the node's own configuration again and lays over it what of the fleet's is in force. */
  async reload(): Promise<Change> {
    const reloaded = await this.#policies.reload();
    if (reloaded.ok) this.#options.onReloaded();
    return reloaded;
  }

  /** Puts in force what the fleet wants; a fault leaves everything as it was. */
  adopt(fleet: FleetSettings): Promise<Change> {
    return this.#policies.adopt(fleet);
  }

  drain(cause: DrainCause, graceSeconds: number | null): Promise<Result<number, string>> {
    return this.#drain.drain(cause, graceSeconds);
  }

  resume(causes: readonly DrainCause[]): Promise<Result<void, string>> {
    return this.#drain.resume(causes);
  }

  isDrainedBy(cause: DrainCause): boolean {
    return this.#drain.wantedBy(cause);
  }

  terminate(reason: string, graceSeconds: number | null): number {
    const longest = this.#policy.config.management.shutdown_grace_period;
    const grace = graceSeconds === null ? longest : Math.min(graceSeconds, longest);
    if (this.#state === 'Terminating') return grace;
    this.#options.log.info('Terminating', { reason, grace_period_seconds: grace });
    this.#state = 'Terminating';
    this.#options.onTerminate(grace);
    return grace;
  }

  /** Finishes what is in progress and stops; resolves with the number of connections that were cut. */
  async stop(graceSeconds: number): Promise<number> {
    this.#state = 'Terminating';
    const cut = await this.#crew.drain(graceSeconds * 1000);
    clearInterval(this.#sweeper);
    await this.#acme.stop();
    await this.#access.close();
    await this.#decisions.settled();
    await this.#audit?.settled();
    this.#store.close();
    return cut;
  }

  /** What is in force on the main thread from now on is told to everybody else. */
  async #putInForce({ config, revision, ruleTexts, firewallId, ...policy }: Policy): Promise<void> {
    const { ipv6_prefix, blacklist } = config.ddos;
    this.fleetUsage.configure(config);
    this.#openAudit(config);
    this.#book.configure(ipv6_prefix, blacklist.max_blacklist_duration_seconds * 1000);
    await this.#tls.configure(policy.tls, policy.certificateFiles);
    await this.#acme.configure(config.acme);
    const tls = this.#tls.current(policy.tls);
    this.#crew.tell({ kind: 'policy', config, revision, tls, ruleTexts, firewallId });
    this.#access.configure(config, policy.lists);
    this.#options.onPolicy(config);
  }

  #openAudit({ waf }: Config): void {
    const { path } = waf.audit;
    if (path === this.#audit?.path) return;
    this.#audit =
      path === undefined
        ? null
        : openAuditLog(path, (error) => this.#options.log.error('Audit log could not be written', { error }));
  }

  #workerStart(index: number): WorkerStart {
    const { listen, workers, version } = this.#options;
    const { config, revision, rules, ruleTexts, firewallId } = this.#policy;
    const json = config.logging.json_format;
    const denied = this.#denied;
    const { memory } = this.#tables;
    return {
      index,
      workers,
      host: listen.host,
      port: this.#port,
      config,
      revision,
      tls: this.#tls.current(this.#policy.tls),
      redirectFrom: this.#options.redirectFrom,
      accepting: this.#drain.accepting,
      ticketKeys: this.#tls.ticketKeys,
      challenges: this.#tls.challenges,
      memory,
      rules,
      ruleTexts,
      firewallId,
      version,
      json,
      denied,
      ...this.#access.forWorkers,
    };
  }

  #onWorkerMessage(message: FromWorker, worker: number): void {
    const { log } = this.#options;
    if (message.kind === 'listening') {
      this.#port = message.port;
    } else if (message.kind === 'lines') {
      log.writeLines(message.text);
    } else if (message.kind === 'decisions') {
      this.#decisions.append(message.text);
      this.#options.onDecisions(message.text);
    } else if (message.kind === 'audit') {
      this.#audit?.append(message.text);
    } else if (message.kind === 'banned') {
      this.#banDesk.noteAutomatic(message, this.#policy.config.ddos.blacklist.violation_threshold);
    } else if (message.kind === 'unexpected') {
      log.error('Unexpected error, the connection was given up', {
        worker,
        error: message.message,
        stack: message.stack,
      });
    }
  }

  #sweep(): void {
    this.#book.sweep();
    this.#tls.tick();
    // Before there are workers nobody could answer a challenge.
    if (this.#shownState === 'Active') this.#acme.tick();
    this.#access.sweep();
    const { ddos } = this.#policy.config;
    const memoryMs = ddos.blacklist.max_blacklist_duration_seconds * 1000;
    this.#tables.bans.sweep(this.#options.clock.nowMs(), memoryMs);
  }
}
