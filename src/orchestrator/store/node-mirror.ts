/** What a bucket of nodes has, as far as it was told here, and whom to tell when somebody else writes to it. */
import type { KvEntry } from '@nats-io/kv';
import type { Logger } from '../../core/logger.ts';
import { ok } from '../../core/result.ts';
import type { RemoteChange, StoredValue } from './fleet-store.ts';
import { parseStoredValue } from './stored-value.ts';

/** What the bucket has under the id of a node. */
export interface Mirrored {
  readonly revision: number;
  /** Null: nothing, or nothing any more. */
  readonly value: StoredValue | null;
}

const NOTHING: Mirrored = { revision: 0, value: null };

export class NodeMirror {
  readonly #logger: Logger;
  readonly #known = new Map<string, Mirrored>();
  readonly #listeners = new Set<(change: RemoteChange) => void>();
  /** What is being written, so that it is known again when it comes back as news. */
  readonly #sent = new Map<string, { readonly text: string; readonly value: StoredValue }>();

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  get(nodeId: string): Mirrored {
    return this.#known.get(nodeId) ?? NOTHING;
  }

  values(): readonly (StoredValue | null)[] {
    return [...this.#known.values()].map(({ value }) => value);
  }

  /** Nodes that were forgotten, of which the bucket still has a mark. */
  marks(): readonly string[] {
    return [...this.#known].flatMap(([nodeId, { value }]) => (value === null ? [nodeId] : []));
  }

  watch(onChange: (change: RemoteChange) => void): () => void {
    this.#listeners.add(onChange);
    return () => this.#listeners.delete(onChange);
  }

  /** This text is on its way to the bucket. */
  sending(nodeId: string, text: string, value: StoredValue): void {
    this.#sent.set(nodeId, { text, value });
  }

  /** What was on its way has arrived. */
  written(nodeId: string, revision: number, value: StoredValue | null): void {
    this.#sent.delete(nodeId);
    if (revision > this.get(nodeId).revision) this.#known.set(nodeId, { revision, value });
  }

  /** The bucket has no trace of the node. */
  drop(nodeId: string): void {
    this.#known.delete(nodeId);
  }

  /** Takes note of what the bucket has; an older revision than the known one says nothing. */
  take(entry: KvEntry): void {
    const { key: nodeId, revision } = entry;
    const known = this.get(nodeId);
    if (revision <= known.revision) return;
    const value = entry.operation === 'PUT' ? this.#read(nodeId, entry.string()) : null;
    this.#known.set(nodeId, { revision, value });
    if (value !== null && value === this.#sent.get(nodeId)?.value) return;
    for (const listener of this.#listeners) listener({ nodeId, before: known.value, value });
  }

  #read(nodeId: string, text: string): StoredValue | null {
    const sent = this.#sent.get(nodeId);
    const parsed = sent?.text === text ? ok(sent.value) : parseStoredValue(text);
    if (parsed.ok) return parsed.value;
    // It is overwritten as soon as the node is heard.
    this.#logger.warn('The record of a node cannot be read', { key: nodeId, error: parsed.fault });
    return null;
  }
}
