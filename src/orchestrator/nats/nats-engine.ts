/** The engine on NATS JetStream: ledger, nodes and lease over one connection. */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { fail, ok, type Result } from '../../core/result.ts';
import { pause, systemTimers } from '../../core/timers.ts';
import { connectNats, hasCredentials, type NatsOptions } from '../../nats/connect-nats.ts';
import type { Engine } from '../engine.ts';
import { openNatsLease } from '../lease/nats-lease.ts';
import { openNatsLedger } from '../ledger/nats-ledger.ts';
import type { OrchestratorDeps } from '../options.ts';
import type { StoreFault } from '../store/fleet-store.ts';
import { openNatsStore } from '../store/nats-store.ts';
import type { NatsPlace, NatsTools } from './nats-tools.ts';

/** What else the connection is used for. */
export interface NatsBus extends NatsPlace {
  /** Whether the servers know who we are, so that what comes from them is from somebody whom they know too. */
  readonly authenticated: boolean;
  readonly publishEvents: boolean;
  readonly consumeCommands: boolean;
}

/** How long servers may take to be ready when the orchestrator starts. */
const READY_MS = 60_000;
const RETRY_MS = 1000;
/** What servers say that are up, but not yet agreed on who leads. */
const PASSING = /timeout|no responders|not available|unavailable|no suitable peers|insufficient resources/i;

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
  const opened = await openWhenReady(shared);
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

/** Servers that have just begun to elect their leaders are waited for; what will not pass is told at once. */
async function openWhenReady(shared: NatsTools): ReturnType<typeof openParts> {
  const { clock, timers, logger } = shared;
  const untilMs = clock.nowMs() + READY_MS;
  const { signal } = new AbortController();
  for (;;) {
    const opened = await openParts(shared);
    if (opened.ok || !PASSING.test(opened.fault) || clock.nowMs() >= untilMs) return opened;
    logger.warn('NATS is not ready yet, trying again', { error: opened.fault });
    await pause(timers, RETRY_MS, signal);
  }
}

async function openParts(shared: NatsTools) {
  const ledger = await openNatsLedger(shared);
  if (!ledger.ok) return fail(ledger.fault.message);
  const store = await openNatsStore(shared);
  if (!store.ok) {
    await ledger.value.close();
    return fail(store.fault);
  }
  const holder = `${hostname()} ${process.pid} ${randomUUID()}`;
  const lease = await openNatsLease({ ...shared, holder });
  if (!lease.ok) {
    store.value.close();
    await ledger.value.close();
    return fail(lease.fault);
  }
  return ok({ ledger: ledger.value, store: store.value, lease: lease.value });
}
