/**
 * What the orchestrator keeps its knowledge in: a ledger of decisions, a store of nodes, and a lease that says who does the
 * duties. On SQLite for one orchestrator, on NATS for several.
 */
import { dirname, join } from 'node:path';
import { fail, ok, type Result } from '../core/result.ts';
import type { Lease } from './lease/lease.ts';
import { soleLease } from './lease/sole-lease.ts';
import type { Ledger } from './ledger/ledger.ts';
import { openSqliteLedger } from './ledger/sqlite-ledger.ts';
import { type NatsBus, openNatsEngine } from './nats/nats-engine.ts';
import type { OrchestratorDeps, OrchestratorOptions } from './options.ts';
import { MEMORY } from './sqlite/sqlite-file.ts';
import type { FleetStore, StoreFault } from './store/fleet-store.ts';
import { MemoryStore } from './store/memory-store.ts';
import { openSqliteStore } from './store/sqlite-store.ts';

export interface Engine {
  readonly ledger: Ledger;
  readonly store: FleetStore;
  readonly lease: Lease;
  /** Null where there is no NATS. */
  readonly bus: NatsBus | null;
  /** The lease should have been closed before. What the store was given and has not said to be saved may be lost. */
  close(): Promise<void>;
}

const LEDGER_FILE = 'ledger.db';

/** Opens what the options name; where a part of it cannot be opened, nothing stays open. */
export async function openEngine(
  options: OrchestratorOptions,
  deps: OrchestratorDeps,
): Promise<Result<Engine, StoreFault>> {
  const { nats = null } = options;
  return nats === null ? openSoleEngine(options, deps) : await openNatsEngine(nats, deps);
}

function openSoleEngine(
  { store: place }: OrchestratorOptions,
  { clock }: OrchestratorDeps,
): Result<Engine, StoreFault> {
  const store =
    place.kind === 'memory' ? ok(new MemoryStore()) : openSqliteStore({ path: place.path, clock });
  if (!store.ok) return store;
  const path = place.kind === 'memory' ? MEMORY : join(dirname(place.path), LEDGER_FILE);
  const ledger = openSqliteLedger({ path, clock });
  if (!ledger.ok) {
    store.value.close();
    return fail(ledger.fault);
  }
  const close = async (): Promise<void> => {
    await ledger.value.close();
    store.value.close();
  };
  return ok({ ledger: ledger.value, store: store.value, lease: soleLease, bus: null, close });
}
