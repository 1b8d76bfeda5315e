/** One thing that must hold between keys, and how the broken ones become findings. */
import type { Findings, ValueFault } from './fault.ts';
import type { Config } from './schema.ts';

export interface Relation {
  /** The paths of the keys involved; a fault is reported at the first. */
  readonly keys: readonly [string, ...string[]];
  /** Null where the relation holds. */
  readonly check: (config: Config) => RelationFault | null;
}

/** Of a list of tables the path tells which of them is meant: `sites[1].strict_sni`. */
export type RelationFault = ValueFault & { readonly path?: string };

/** Adds a finding for each broken relation whose keys are all sound. */
export function checkRelations(
  relations: readonly Relation[],
  config: Config,
  unsound: ReadonlySet<string>,
  findings: Findings,
): void {
  for (const { keys, check } of relations) {
    const fault = keys.some((key) => unsound.has(key)) ? null : check(config);
    if (fault !== null) {
      findings.add(fault.path ?? keys[0], fault, keys.slice(1));
    }
  }
}

/** A fault where something is broken; null where it is not. */
export function faultIf(
  broken: boolean,
  message: string,
  suggestion: string | null = null,
): ValueFault | null {
  return broken ? { message, suggestion } : null;
}
