/** A store for a fleet that may be forgotten: tests, trials, simulations. */
import { ok, type Result } from '../../core/result.ts';
import type { FleetStore, StoredFleet, StoredNode, StoreFault, Tombstone } from './fleet-store.ts';

export class MemoryStore implements FleetStore {
  readonly shared = false;
  readonly #nodes = new Map<string, StoredNode>();
  readonly #tombstones = new Map<string, Tombstone>();

  load(): Result<StoredFleet, StoreFault> {
    const nodes = [...this.#nodes.values()].sort((one, other) => one.ordinal - other.ordinal);
    return ok({ nodes, tombstones: [...this.#tombstones.values()] });
  }

  putNodes(nodes: readonly StoredNode[]): Result<void, StoreFault> {
    for (const node of nodes) {
      this.#nodes.set(node.nodeId, node);
      this.#tombstones.delete(node.nodeId);
    }
    return ok(undefined);
  }

  closeNode(tombstone: Tombstone): Result<void, StoreFault> {
    this.#nodes.delete(tombstone.nodeId);
    this.#tombstones.set(tombstone.nodeId, tombstone);
    return ok(undefined);
  }

  removeNodes(nodeIds: readonly string[]): Result<void, StoreFault> {
    for (const nodeId of nodeIds) this.#nodes.delete(nodeId);
    return ok(undefined);
  }

  removeTombstones(nodeIds: readonly string[]): Result<void, StoreFault> {
    for (const nodeId of nodeIds) this.#tombstones.delete(nodeId);
    return ok(undefined);
  }

  probe(): Result<void, StoreFault> {
    return ok(undefined);
  }

  saved(): Promise<Result<void, StoreFault>> {
    return Promise.resolve(ok(undefined));
  }

  watch(): () => void {
    return () => undefined;
  }

  close(): void {
    // Nothing is held open.
  }
}
