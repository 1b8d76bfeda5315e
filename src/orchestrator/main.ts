/**
 * The life of an orchestrator.
 *
 *   foundations (ledger, store, lease, identity) -> parts -> duties -> doors (API, metrics, DNS)
 *
 * The foundations come first, so that a second orchestrator on the same file is refused before it answers anybody. At the
 * end no duty begins any more, whoever waits is answered, requests in progress finish, what is not on disk yet is written.
 */
import { formatListenAddress, isLoopbackHost } from '../config/listen-address.ts';
import { fail, ok, type Result } from '../core/result.ts';
import { systemTimers } from '../core/timers.ts';
import { assembleOrchestrator, type OrchestratorParts } from './assembly.ts';
import { startBus } from './bus/bus-parts.ts';
import { FleetHub } from './channel/fleet-hub.ts';
import { type Doors, openDoors } from './doors.ts';
import { runDuties } from './duties.ts';
import { type Engine, openEngine } from './engine.ts';
import { type OrchestratorIdentity, openIdentity } from './identity/open-identity.ts';
import type { ListenOptions, OrchestratorDeps, OrchestratorOptions } from './options.ts';

export interface RunningOrchestrator {
  /** Where the API is, without a slash at the end. */
  readonly url: string;
  readonly address: ListenOptions;
  /** Null where it was left out. */
  readonly metricsAddress: ListenOptions | null;
  /** Resolves when nothing of it is left; a second call is harmless. */
  close(): Promise<void>;
}

/** The orchestrator cannot run with these options on this machine, and why. */
export class OrchestratorStartError extends Error {
  override readonly name = 'OrchestratorStartError';
}

/** Starts the orchestrator; rejects with an `OrchestratorStartError` when it cannot run. */
export async function startOrchestrator(
  options: OrchestratorOptions,
  deps: OrchestratorDeps,
): Promise<RunningOrchestrator> {
  const opened = await openFoundations(options, deps);
  if (!opened.ok) throw new OrchestratorStartError(opened.fault);
  const { engine, hub, identity } = opened.value;
  const parts = assembleOrchestrator(options, deps, engine.store, hub, identity?.authority);
  const bus = startBus(engine, hub, deps);
  const duties = [...parts.duties, ...bus.duties];
  const endDuties = takeUpDuties({ ...parts, duties }, opened.value, deps);
  let doors: Doors | null = null;
  const shutDown = async (): Promise<void> => {
    endDuties();
    parts.stop();
    bus.stop();
    await engine.lease.close();
    await doors?.close();
    parts.fleet.flush();
    await engine.store.saved();
    await engine.close();
  };
  const loaded = parts.fleet.load();
  const open = loaded.ok ? await openDoors(options, deps, parts, identity) : fail(loaded.fault.message);
  if (!open.ok) {
    await shutDown();
    throw new OrchestratorStartError(open.fault);
  }
  doors = open.value;
  return describeRunning(identity === null ? 'http' : 'https', doors, shutDown);
}

/** What is there before anybody decides or asks anything. */
interface Foundations {
  readonly engine: Engine;
  readonly hub: FleetHub;
  /** Null without TLS. */
  readonly identity: OrchestratorIdentity | null;
}

/** Opens all of them, or leaves nothing open. */
async function openFoundations(
  options: OrchestratorOptions,
  deps: OrchestratorDeps,
): Promise<Result<Foundations, string>> {
  const { listen, tls = null } = options;
  if (tls === null && !isLoopbackHost(listen.host)) return fail(withoutTls(listen));
  const opened = await openEngine(options, deps);
  if (!opened.ok) return fail(opened.fault.message);
  const engine = opened.value;
  const refuse = async (fault: string): Promise<Result<never, string>> => {
    await engine.close();
    return fail(fault);
  };
  const hub = await FleetHub.load(engine.ledger, deps.clock);
  if (!hub.ok) return await refuse(hub.fault.message);
  const refusal = refusalFor(options, hub.value);
  if (refusal !== null) return await refuse(refusal);
  const identity = await openIdentity(options, deps);
  if (!identity.ok) return await refuse(identity.fault);
  return ok({ engine, hub: hub.value, identity: identity.value });
}

/** What is done again and again, by the one in charge and by each; the answer ends that. */
function takeUpDuties(
  { duties, ownDuties }: Pick<OrchestratorParts, 'duties' | 'ownDuties'>,
  { engine }: Foundations,
  { timers = systemTimers, logger }: OrchestratorDeps,
): () => void {
  const ends = [
    runDuties({ timers, logger, duties, inCharge: () => engine.lease.held }),
    runDuties({ timers, logger, duties: ownDuties, inCharge: () => true }),
  ];
  return () => {
    for (const end of ends) end();
  };
}

/** Null, or why the API must not be opened. */
function refusalFor({ listen, tokens }: OrchestratorOptions, hub: FleetHub): string | null {
  if (isLoopbackHost(listen.host) || tokens.length > 0) return null;
  if (hub.state.members.tokens().length > 0) return null;
  return (
    `${listen.host} can be reached by other machines, and there is no token: set fleet.token, or listen on 127.0.0.1 ` +
    'and make one with secbeat token create --name NAME --role admin'
  );
}

function withoutTls({ host }: ListenOptions): string {
  return `${host} can be reached by other machines: set fleet.tls.enabled = true, or listen on 127.0.0.1`;
}

function describeRunning(
  scheme: 'http' | 'https',
  { api, metrics }: Doors,
  shutDown: () => Promise<void>,
): RunningOrchestrator {
  let closing: Promise<void> | null = null;
  return {
    url: `${scheme}://${formatListenAddress(api)}`,
    address: api,
    metricsAddress: metrics,
    close: () => {
      closing ??= shutDown();
      return closing;
    },
  };
}
