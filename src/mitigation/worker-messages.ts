/**
 * What the main thread and a worker say to each other. Traffic waits for none of it.
 */
import type { ListenAddress } from '../config/listen-address.ts';
import type { Config } from '../config/schema.ts';
import type { ListMemory } from '../core/access-lists.ts';
import type { Reason } from '../core/reasons.ts';
import type { TlsPolicy, TlsProfile } from '../tls/tls-policy.ts';
import type { ChallengeLists } from './listen/challenges.ts';
import type { GeoMemory } from './lists/loaded-geo.ts';
import type { RuleTexts } from './rule-texts.ts';
import type { RuleName } from './telemetry/traffic-layout.ts';

/** What a worker compiles its policy from. */
export interface WorkerPolicy {
  readonly config: Config;
  readonly revision: number;
  readonly tls: TlsPolicy | null;
  readonly ruleTexts: RuleTexts;
  /** The same for firewalls that come out the same: they are not compiled anew. */
  readonly firewallId: string;
}

/** Everything a worker starts with. */
export interface WorkerStart extends WorkerPolicy {
  /** 0 to workers - 1. */
  readonly index: number;
  readonly workers: number;
  readonly host: string;
  readonly port: number;
  readonly memory: NodeMemory;
  readonly rules: readonly RuleName[];
  readonly version: string;
  readonly json: boolean;
  /** Where plain HTTP is redirected from; null for nowhere. */
  readonly redirectFrom: ListenAddress | null;
  /** False while the node takes no connections: the worker opens its door when it is told to. */
  readonly accepting: boolean;
  /** Keys for session tickets that all workers share; null where the runtime cannot share them. */
  readonly ticketKeys: Uint8Array | null;
  readonly challenges: ChallengeLists;
  /** What is banned at the moment beside single clients. */
  readonly denied: readonly string[];
  /** The large lists in force, and what is known of addresses. */
  readonly lists: readonly ListMemory[];
  readonly geo: GeoMemory | null;
}

/** Memory that all threads of the node share. */
export interface NodeMemory {
  readonly clients: SharedArrayBuffer;
  readonly bans: SharedArrayBuffer;
  readonly limits: SharedArrayBuffer;
  readonly limitCounts: SharedArrayBuffer;
  /** Keys of fleet-wide limits that the fleet knows of. */
  readonly fleetSlots: SharedArrayBuffer;
  readonly counts: SharedArrayBuffer;
  readonly ledgers: readonly SharedArrayBuffer[];
  readonly traffic: SharedArrayBuffer;
}

export type ToWorker =
  | ({ readonly kind: 'policy' } & WorkerPolicy)
  /** What is banned for now beside single clients; the list replaces the one before. */
  | { readonly kind: 'deny'; readonly targets: readonly string[] }
  /** The large lists in force; they replace those before. */
  | { readonly kind: 'lists'; readonly lists: readonly ListMemory[] }
  | { readonly kind: 'geo'; readonly geo: GeoMemory | null }
  /** The certificates in force, after a change of their files. */
  | { readonly kind: 'certificates'; readonly profiles: readonly TlsProfile[] }
  | { readonly kind: 'ticket_keys'; readonly keys: Uint8Array }
  /** What certificate authorities ask for at the moment; the lists replace those before. */
  | { readonly kind: 'challenges'; readonly lists: ChallengeLists }
  /** Close the open connections of clients that a ban is on. */
  | { readonly kind: 'close'; readonly targets: readonly string[] }
  /** Take no connections for now and finish what is in progress; WebSockets go on for as long as the grace. */
  | { readonly kind: 'close_door'; readonly graceMs: number }
  /** Take connections again. */
  | { readonly kind: 'open_door' }
  /** Finish what is in progress and end. */
  | { readonly kind: 'drain'; readonly graceMs: number };

export type DoorMessage = Extract<ToWorker, { kind: 'open_door' | 'close_door' }>;

export type FromWorker =
  | { readonly kind: 'listening'; readonly port: number }
  | { readonly kind: 'failed'; readonly message: string }
  /** The door is as it was asked to be, or why not; one answer for each question, in their order. */
  | { readonly kind: 'door'; readonly fault: string | null }
  | { readonly kind: 'lines'; readonly text: string }
  /** Lines for the file of decisions, and for the audit log. */
  | { readonly kind: 'decisions'; readonly text: string }
  | { readonly kind: 'audit'; readonly text: string }
  | {
      readonly kind: 'banned';
      readonly key: readonly number[];
      /** Monotonic time of the ban. */
      readonly bannedAtMs: number;
      readonly durationMs: number;
      readonly reason: Reason;
    }
  | { readonly kind: 'unexpected'; readonly message: string; readonly stack: string }
  | { readonly kind: 'drained'; readonly cut: number };
