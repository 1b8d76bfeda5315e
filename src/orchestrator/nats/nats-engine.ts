/** The engine on NATS JetStream: ledger, nodes and lease over one connection. */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { NatsConnection } from '@nats-io/transport-node';
import { fail, ok, type Result } from '../../core/result.ts';
import { systemTimers } from '../../core/timers.ts';
import { connectNats, hasCredentials, type NatsOptions } from '../../nats/connect-nats.ts';
import type { Engine } from '../engine.ts';
import { openNatsLease } from '../lease/nats-lease.ts';
import { openNatsLedger } from '../ledger/nats-ledger.ts';
import type { OrchestratorDeps } from '../options.ts';
import type { StoreFault } from '../store/fleet-store.ts';
import { openNatsStore } from '../store/nats-store.ts';

/** What else the connection is used for. */
export interface NatsBus {
  readonly connection: NatsConnection;
  readonly prefix: string;
  readonly replicas: number;
  /** Whether the servers know who we are, so that what comes from them is from somebody whom they know too. */
  readonly authenticated: boolean;
  readonly publishEvents: boolean;
  readonly consumeCommands: boolean;
}

export async function openNatsEngine(
  options: NatsOptions,
  deps: OrchestratorDeps,
): Promise<Result<Engine, StoreFault>> {
  const { clock, logger, timers = systemTimers, random = Math.random } = deps;
  const { prefix, replicas } = options;
  const name = `secbeat orchestrator ${hostname()}`;
  const connected = await connectNats(options, { name, logger, random });
  if (!connected.ok) return fail({ message: connected.fault });
  const connection = connected.value;
  const shared = { connection, prefix, replicas, clock, timers, logger };
  const opened = await openParts(shared);
  if (!opened.ok) {
    await connection.close();
    return fail({ message: opened.fault });
  }
  const { ledger, store, lease } = opened.value;
  const close = async (): Promise<void> => {
    await lease.close();
    await ledger.close();
    store.close();
    await connection.close();
  };
  const { publishEvents, consumeCommands } = options;
  const authenticated = hasCredentials(options);
  const bus: NatsBus = { connection, prefix, replicas, authenticated, publishEvents, consumeCommands };
  return ok({ ledger, store, lease, bus, close });
}

type Shared = Parameters<typeof openNatsLedger>[0];

async function openParts(shared: Shared) {
  const ledger = await openNatsLedger(shared);
  if (!ledger.ok) return fail(ledger.fault.message);
  const store = await openNatsStore(shared);
  if (!store.ok) return store;
  const holder = `${hostname()} ${process.pid} ${randomUUID()}`;
  const lease = await openNatsLease({ ...shared, holder });
  if (!lease.ok) return lease;
  return ok({ ledger: ledger.value, store: store.value, lease: lease.value });
}
