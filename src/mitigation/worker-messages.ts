/**
 * What the main thread and a worker say to each other. Traffic waits for none of it.
 */
import type { Config } from '../config/schema.ts';
import type { Reason } from '../core/reasons.ts';
import type { TlsOptions } from './listen/tls-terminator.ts';
import type { RuleTexts } from './rule-texts.ts';
import type { RuleName } from './telemetry/traffic-layout.ts';

/** What a worker compiles its policy from. */
export interface WorkerPolicy {
  readonly config: Config;
  readonly revision: number;
  readonly tls: TlsOptions | null;
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
  /** Prefixes that are banned at the moment. */
  readonly deniedPrefixes: readonly string[];
}

/** Memory that all threads of the node share. */
export interface NodeMemory {
  readonly clients: SharedArrayBuffer;
  readonly bans: SharedArrayBuffer;
  readonly counts: SharedArrayBuffer;
  readonly ledgers: readonly SharedArrayBuffer[];
  readonly traffic: SharedArrayBuffer;
}

export type ToWorker =
  | ({ readonly kind: 'policy' } & WorkerPolicy)
  /** Prefixes that are banned for now; the list replaces the one before. */
  | { readonly kind: 'deny'; readonly prefixes: readonly string[] }
  /** Close the open connections of clients within a prefix. */
  | { readonly kind: 'close'; readonly prefix: string }
  | { readonly kind: 'drain'; readonly graceMs: number };

export type FromWorker =
  | { readonly kind: 'listening'; readonly port: number }
  | { readonly kind: 'failed'; readonly message: string }
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
