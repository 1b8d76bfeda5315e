/**
 * The dynamic table of a decoder (RFC 7541 section 2.3.2): the latest fields, first in, first out.
 *
 *   bytes   ....|name: value CRLF|name: value CRLF|free
 *               oldest           newest
 *
 * Entries lie in one run of memory in the order in which they came, so that each is one line that can be handed out
 * as it is. Where the run reaches the end of the memory it is moved to the front; as the memory is twice what the
 * entries may take, an octet is moved once at most for each one that comes. Memory starts small and grows on
 * demand: most connections fill a fraction of their table.
 */
import { copyOctets } from './copy-octets.ts';

/** What an entry costs beyond its octets (RFC 7541 section 4.1). */
export const ENTRY_OVERHEAD = 32;

/** Octets of `: ` and CRLF. */
export const LINE_OVERHEAD = 4;

const FIRST_BYTES = 1024;
const FIRST_SLOTS = 16;
const SLOT = 4;
const NO_BYTES: Buffer = Buffer.alloc(0);

export class DynamicTable {
  /** Entries that are there. */
  count = 0;
  bytes: Buffer = NO_BYTES;
  /** Per slot: name start, name end, value end, mark. */
  slots: Int32Array = new Int32Array(FIRST_SLOTS * SLOT);
  #bytesMax: number;
  /** What the entries cost, by the reckoning of RFC 7541 section 4.1. */
  #cost = 0;
  /** The slot of the newest entry; slots are used round and round. */
  #newest = 0;
  /** Where the next entry goes. */
  #end = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  get bytesMax(): number {
    return this.#bytesMax;
  }

  /** Changes the size, dropping the oldest entries that no longer fit. */
  resize(bytesMax: number): void {
    this.#bytesMax = bytesMax;
    this.#evict(bytesMax);
  }

  /** Where the slot of an entry begins in `slots`; 0 is the newest, and `index` is below `count`. */
  slotOf(index: number): number {
    const slots = this.slots.length;
    return (this.#newest - index * SLOT) & (slots - 1);
  }

  /**
   * Adds the line `from[start, end)` whose name ends at `nameEnd`. An entry larger than the table empties it
   * (RFC 7541 section 4.4).
   */
  add(from: Buffer, start: number, nameEnd: number, end: number, mark: number): void {
    const cost = end - start - LINE_OVERHEAD + ENTRY_OVERHEAD;
    this.#evict(this.#bytesMax - cost);
    if (cost > this.#bytesMax) return;
    if (this.count * SLOT === this.slots.length) this.#growSlots();
    if (this.#end + end - start > this.bytes.length) this.#makeRoom(end - start);
    const at = this.#end;
    copyOctets(from, start, end, this.bytes, at);
    this.#end = at + end - start;
    this.#cost += cost;
    this.#newest = (this.#newest + SLOT) & (this.slots.length - 1);
    const slot = this.#newest;
    this.slots[slot] = at;
    this.slots[slot + 1] = at + nameEnd - start;
    this.slots[slot + 2] = this.#end - 2;
    this.slots[slot + 3] = mark;
    this.count++;
  }

  clear(): void {
    this.count = 0;
    this.#cost = 0;
    this.#end = 0;
  }

  #evict(costMax: number): void {
    if (costMax <= 0) {
      this.clear();
      return;
    }
    while (this.#cost > costMax) {
      const oldest = this.slotOf(this.count - 1);
      this.#cost -= this.slots[oldest + 2]! - this.slots[oldest]! - 2 + ENTRY_OVERHEAD;
      this.count--;
    }
    if (this.count === 0) this.#end = 0;
  }

  /** Moves the entries to the front of the memory, or of a larger one, so that `needed` octets follow. */
  #makeRoom(needed: number): void {
    const start = this.count === 0 ? this.#end : this.slots[this.slotOf(this.count - 1)]!;
    const used = this.#end - start;
    const room = Math.max(FIRST_BYTES, (used + needed) * 2);
    if (room > this.bytes.length) {
      const larger = Buffer.allocUnsafe(room);
      this.bytes.copy(larger, 0, start, this.#end);
      this.bytes = larger;
    } else {
      this.bytes.copyWithin(0, start, this.#end);
    }
    for (let i = 0; i < this.count; i++) {
      const slot = this.slotOf(i);
      for (let part = 0; part < 3; part++) this.slots[slot + part]! -= start;
    }
    this.#end = used;
  }

  #growSlots(): void {
    const larger = new Int32Array(this.slots.length * 2);
    for (let i = 0; i < this.count; i++) {
      const slot = this.slotOf(i);
      larger.set(this.slots.subarray(slot, slot + SLOT), (this.count - 1 - i) * SLOT);
    }
    this.#newest = (this.count - 1) * SLOT;
    this.slots = larger;
  }
}
