/**
 * What the loader thread is asked, and what it answers: plain data that crosses threads. Compiled tables come back in
 * shared memory, so handing them on copies nothing.
 */
import type { PrefixSetMemory } from '../../core/prefix-set.ts';
import type { RangeTableMemory } from '../../core/range-table.ts';
import type { ListRules } from './parse-list.ts';

export type LoadJob = ListJob | GeoJob;

/** Load a list. */
export interface ListJob {
  readonly kind: 'list';
  readonly source: ListSource;
  readonly rules: ListRules;
  readonly bytesMax: number;
  /** The version that is in force, or null; where the source still has it, nothing is loaded. */
  readonly version: string | null;
}

export type ListSource =
  | { readonly from: 'file'; readonly path: string }
  /** The copy of an earlier answer that is kept on disk. */
  | { readonly from: 'copy'; readonly path: string; readonly url: string }
  | {
      readonly from: 'url';
      readonly url: string;
      /** Where the answer is kept. */
      readonly path: string;
      readonly timeoutMs: number;
    };

/** Build one table of numbers by address. */
export interface GeoJob {
  readonly kind: 'geo';
  readonly table: 'country' | 'asn';
  readonly paths: readonly string[];
}

export type LoadOutcome = ListOutcome | GeoOutcome | FailedOutcome;

export type ListOutcome =
  | {
      readonly kind: 'list';
      readonly memory: PrefixSetMemory;
      readonly version: string | null;
      readonly entries: number;
      readonly skipped: number;
      readonly firstSkipped: number;
      /** What went wrong beside the list itself, or null. */
      readonly warning: string | null;
    }
  | { readonly kind: 'unchanged' };

export interface GeoOutcome {
  readonly kind: 'geo';
  readonly memory: RangeTableMemory;
  readonly rows: number;
}

export interface FailedOutcome {
  readonly kind: 'failed';
  /** A sentence for the operator, without the name of the list. */
  readonly message: string;
}
