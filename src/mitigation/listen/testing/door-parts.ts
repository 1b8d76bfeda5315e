/** What a connection meets at the door, around sockets that a test makes itself. */

import type { Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import { compileAccessLists } from '../../../core/access-lists.ts';
import { createClientTableMemory } from '../../../core/client-groups.ts';
import { ClientTable } from '../../../core/client-table.ts';
import { ConnectionCounts, createConnectionCountsMemory } from '../../../core/connection-count.ts';
import { ConnectionLedger, createLedgerMemory } from '../../../core/connection-ledger.ts';
import { ConnectionUnits } from '../../../core/connection-units.ts';
import { compilePrefixSet } from '../../../core/prefix-set.ts';
import type { Reason } from '../../../core/reasons.ts';
import { TEST_SEED, testLimits } from '../../../core/testing/client.ts';
import { ClientDemands } from '../../../tls/client-demands.ts';
import { compileDenied } from '../../bans/denied-peers.ts';
import { GoodClients } from '../../pipeline/good-clients.ts';
import type { TrafficContext } from '../../traffic-context.ts';
import { Admission } from '../admission.ts';
import { Challenges, NO_CHALLENGES } from '../challenges.ts';

const NO_PREFIXES = compilePrefixSet([]);

export interface DoorParts {
  readonly context: TrafficContext;
  readonly admission: Admission;
  readonly counts: ConnectionCounts;
  /** Handshakes that failed, and errors that nobody expected. */
  readonly told: (Reason | Error)[];
  nowMs: number;
}

/** A node that lets up to a hundred connections in. */
export function createDoorParts(secure: boolean): DoorParts {
  const clients = new ClientTable(createClientTableMemory(1000, TEST_SEED));
  const counts = new ConnectionCounts(createConnectionCountsMemory());
  const units = new ConnectionUnits(counts, clients, new ConnectionLedger(createLedgerMemory(100)));
  const told: (Reason | Error)[] = [];
  const parts = { nowMs: 1000 };
  const note = (what: Reason | Error): void => void told.push(what);
  const observer = {
    handshakeDone: () => undefined,
    handshakeFailed: note,
    connectionRefused: note,
    unexpected: note,
  };
  const snapshot = {
    handshakeTimeoutMs: 5000,
    http: { headerTimeoutMs: 5000 },
    proxySenders: NO_PREFIXES,
    trustedProxies: NO_PREFIXES,
    lists: compileAccessLists([], []),
    admission: {
      ipv6Prefix: 64,
      limitsEnabled: true,
      connectionsTotalMax: 100,
      handshakesMax: 100,
      client: testLimits({}),
    },
  };
  const context = {
    snapshot,
    draining: false,
    denied: compileDenied([]),
    bans: { isBanned: () => false },
    clients,
    goodClients: new GoodClients(TEST_SEED),
    clock: { nowMs: () => parts.nowMs, readMs: () => parts.nowMs, tick: () => undefined },
    clientDemands: new ClientDemands([]),
    challenges: new Challenges(NO_CHALLENGES),
    observer,
  } as unknown as TrafficContext;
  return Object.assign(parts, { context, counts, told, admission: new Admission(context, units, secure) });
}

/** A connection from 192.0.2.1; what is written to it comes back as what was received. */
export function createRawSocket(remotePort: number): Socket {
  const ends = { localAddress: '192.0.2.2', remoteAddress: '192.0.2.1', remotePort };
  return Object.assign(new PassThrough(), ends) as unknown as Socket;
}
