/** What all rules of a set are compiled with. */
import type { ActionSyntax } from '../seclang/syntax.ts';
import type { Transformation } from '../transformations/transformation.ts';
import type { OperatorPool } from './operator-pool.ts';
import type { ChainTable } from './transformation-chain.ts';
import type { VariableTable } from './variable-table.ts';

export interface RuleWorkshop {
  readonly pool: OperatorPool;
  readonly chains: ChainTable;
  readonly variables: VariableTable;
  readonly transformations: ReadonlyMap<string, Transformation>;
  readonly defaultActions: ReadonlyMap<number, readonly ActionSyntax[]>;
  /** The position of the first marker of that name behind a position; -1 without one. */
  findMarker(name: string, position: number): number;
}
