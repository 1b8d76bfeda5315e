/**
 * Checkpoints of a ledger in a key-value bucket: packed, cut into parts that a message holds, and described by one key
 * that is written last. So a checkpoint is there as a whole or not at all.
 */
import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { type JetStreamManager, jetstream } from '@nats-io/jetstream';
import { type KV, Kvm } from '@nats-io/kv';
import { z } from 'zod';
import { messageOf } from '../../core/error-message.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import type { NatsPlace } from '../nats/nats-tools.ts';
import { type Checkpoint, type LedgerFault, unavailable } from './ledger.ts';

const HEAD_KEY = 'head';
const PART_BYTES = 512 * 1024;
const PACKED_BYTES_MAX = 128 * 1024 * 1024;
const STATE_BYTES_MAX = 1024 * 1024 * 1024;
const CALL_MS = 5000;

const checkpointHead = z.object({
  ledger: z.string(),
  seq: z.int().min(0),
  parts: z
    .int()
    .min(1)
    .max(PACKED_BYTES_MAX / PART_BYTES),
  sha256: z.string(),
});
type CheckpointHead = z.output<typeof checkpointHead>;

export class NatsCheckpoints {
  readonly #bucket: KV;
  readonly #manager: JetStreamManager;
  readonly #ledgerId: string;

  private constructor(bucket: KV, manager: JetStreamManager, ledgerId: string) {
    this.#bucket = bucket;
    this.#manager = manager;
    this.#ledgerId = ledgerId;
  }

  static async open(place: NatsPlace, ledgerId: string): Promise<Result<NatsCheckpoints, string>> {
    try {
      const client = jetstream(place.connection, { timeout: CALL_MS });
      const options = { history: 1, replicas: place.replicas, allow_direct: false };
      const bucket = await new Kvm(client).create(`${place.prefix}_checkpoint`, options);
      return ok(new NatsCheckpoints(bucket, await client.jetstreamManager(), ledgerId));
    } catch (error) {
      return fail(`the bucket of checkpoints: ${messageOf(error)}`);
    }
  }

  async save({ seq, state }: Checkpoint): Promise<Result<void, LedgerFault>> {
    try {
      const before = await this.#head();
      if (before !== null && before.head.seq >= seq) return ok(undefined);
      const packed = gzipSync(state, { level: 1 });
      if (packed.length > PACKED_BYTES_MAX) return fail(unavailable('the checkpoint is too large'));
      const parts = Math.max(1, Math.ceil(packed.length / PART_BYTES));
      for (let nth = 0; nth < parts; nth += 1) {
        await this.#bucket.put(partKey(seq, nth), packed.subarray(nth * PART_BYTES, (nth + 1) * PART_BYTES));
      }
      const sha256 = createHash('sha256').update(packed).digest('hex');
      const head: CheckpointHead = { ledger: this.#ledgerId, seq, parts, sha256 };
      // Of two that save at once the first is as good as the other.
      await this.#bucket.put(HEAD_KEY, JSON.stringify(head), { previousSeq: before?.revision ?? 0 });
      if (before !== null) await this.#dropParts(before.head.seq);
      return ok(undefined);
    } catch (error) {
      return fail(unavailable(messageOf(error)));
    }
  }

  async load(): Promise<Result<Checkpoint | null, LedgerFault>> {
    try {
      const found = await this.#head();
      if (found === null) return ok(null);
      const { seq, parts, sha256 } = found.head;
      const pieces: Uint8Array[] = [];
      for (let nth = 0; nth < parts; nth += 1) {
        const piece = await this.#bucket.get(partKey(seq, nth));
        if (piece === null) return ok(null);
        pieces.push(piece.value);
      }
      const packed = Buffer.concat(pieces);
      if (createHash('sha256').update(packed).digest('hex') !== sha256) return ok(null);
      return ok({ seq, state: gunzipSync(packed, { maxOutputLength: STATE_BYTES_MAX }).toString('utf8') });
    } catch (error) {
      return fail(unavailable(messageOf(error)));
    }
  }

  /** What is there for this ledger; a broken description is none. */
  async #head(): Promise<{ readonly head: CheckpointHead; readonly revision: number } | null> {
    const entry = await this.#bucket.get(HEAD_KEY);
    if (entry === null || entry.operation !== 'PUT') return null;
    const head = checkpointHead.safeParse(parseJson(entry.string()));
    const fits = head.success && head.data.ledger === this.#ledgerId;
    return fits ? { head: head.data, revision: entry.revision } : null;
  }

  /** Purged in the stream below, since deleting keys would leave a mark for each. */
  async #dropParts(seq: number): Promise<void> {
    const { bucket } = await this.#bucket.status();
    await this.#manager.streams.purge(`KV_${bucket}`, { filter: `$KV.${bucket}.${seq}.>` });
  }
}

function partKey(seq: number, nth: number): string {
  return `${seq}.${nth}`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
