/**
 * The ledger in a JetStream stream, for several orchestrators.
 *
 * Appends that come while one is under way become one message, which the stream takes only behind the message that was
 * seen here last. If somebody else was quicker, his message is read first and the drafts are numbered anew. Whether an
 * append came to be is not told by its acknowledgement, which can get lost, but by what stands behind that last message:
 * it can be there once at most, however often it is sent.
 *
 * What is in force here is always a beginning of the stream, without a gap. Bounds: `WAITING_MAX` appends wait, none for
 * longer than `APPEND_MS`; one that took longer may still come to be, as after a request whose answer got lost.
 */
import { randomUUID } from 'node:crypto';
import { fail, ok, type Result } from '../../core/result.ts';
import { pause } from '../../core/timers.ts';
import type { LedgerEntry } from '../../messages/ledger-entry.ts';
import type { NatsTools } from '../nats/nats-tools.ts';
import {
  AppendQueue,
  type NumberedBatch,
  numberAppends,
  refuseAppends,
  type WaitingAppend,
} from './append-queue.ts';
import {
  type Appended,
  type Checkpoint,
  type Draft,
  type Ledger,
  type LedgerFault,
  unavailable,
} from './ledger.ts';
import { decodeLedgerMessage, encodeLedgerMessage, type LedgerMessage } from './ledger-message.ts';
import { entriesAt, LedgerPages } from './ledger-pages.ts';
import { LedgerStream, type StreamMessage } from './ledger-stream.ts';
import { NatsCheckpoints } from './nats-checkpoints.ts';

/** Longer than the servers of a cluster take to agree on a new leader. */
const APPEND_MS = 12_000;
const RETRY_PAUSE_MS = 100;
const FOLLOW_PAUSE_MS = 500;
/** A consumer may miss messages without a word while the servers change their leaders. */
const LOOK_PAUSE_MS = 1000;

/** Opens or makes the ledger, and follows it from its present end. */
export async function openNatsLedger(options: NatsTools): Promise<Result<Ledger, LedgerFault>> {
  const stream = await LedgerStream.open(options, randomUUID());
  if (!stream.ok) return fail(unavailable(stream.fault));
  const checkpoints = await NatsCheckpoints.open(options, stream.value.id);
  if (!checkpoints.ok) return fail(unavailable(checkpoints.fault));
  const last = await stream.value.last();
  if (!last.ok) return fail(unavailable(last.fault));
  let place: Place = { seq: 0, id: null, head: 0 };
  if (last.value > 0) {
    const newest = await entriesAt(stream.value, last.value);
    if (!newest.ok) return fail(unavailable(newest.fault));
    const { id, entries } = newest.value;
    place = { seq: last.value, id, head: entries.at(-1)!.seq };
  }
  return ok(new NatsLedger(options, stream.value, checkpoints.value, place));
}

/** How far a ledger is in force. */
interface Place {
  /** Number and id of the newest message. */
  readonly seq: number;
  readonly id: string | null;
  /** Number of the newest entry in it. */
  readonly head: number;
}

class NatsLedger implements Ledger {
  readonly id: string;
  readonly #deps: NatsTools;
  readonly #stream: LedgerStream;
  readonly #checkpoints: NatsCheckpoints;
  readonly #watchers = new Set<(entry: LedgerEntry) => void>();
  readonly #closing = new AbortController();
  readonly #queue = new AppendQueue();
  readonly #pages: LedgerPages;
  #place: Place;
  /** The message that is being appended, and whether it has been seen in the stream. */
  #own = { id: '', landed: false };
  #writing: Promise<void> | null = null;
  #catching: Promise<Result<void, string>> | null = null;
  /** Why the stream cannot be a ledger any more. */
  #broken: string | null = null;

  constructor(deps: NatsTools, stream: LedgerStream, checkpoints: NatsCheckpoints, place: Place) {
    this.id = stream.id;
    this.#deps = deps;
    this.#stream = stream;
    this.#pages = new LedgerPages(stream);
    this.#checkpoints = checkpoints;
    this.#place = place;
    void this.#follow();
    void this.#lookAfter();
  }

  get head(): number {
    return this.#place.head;
  }

  append(drafts: readonly Draft[], expectedHead?: number): Promise<Appended> {
    const obstacle = this.#obstacle();
    if (obstacle !== null) return Promise.resolve(fail(unavailable(obstacle)));
    const appended = this.#queue.add(drafts, expectedHead, this.#stream.messageBytesMax);
    this.#writing ??= this.#writeAll();
    return appended;
  }

  async read(after: number, limit: number): Promise<Appended> {
    if (after >= this.head || limit <= 0) return ok([]);
    const page = await this.#pages.read(after, limit, this.#place.seq);
    return page.ok ? page : fail(unavailable(page.fault));
  }

  watch(onEntry: (entry: LedgerEntry) => void): () => void {
    this.#watchers.add(onEntry);
    return () => this.#watchers.delete(onEntry);
  }

  saveCheckpoint(checkpoint: Checkpoint): Promise<Result<void, LedgerFault>> {
    return this.#checkpoints.save(checkpoint);
  }

  loadCheckpoint(): Promise<Result<Checkpoint | null, LedgerFault>> {
    return this.#checkpoints.load();
  }

  async settled(): Promise<void> {
    while (this.#writing !== null) await this.#writing;
  }

  async close(): Promise<void> {
    await this.settled();
    this.#closing.abort();
  }

  #obstacle(): string | null {
    return this.#closing.signal.aborted ? 'the ledger is closed' : this.#broken;
  }

  async #writeAll(): Promise<void> {
    // What is decided in one turn is written in one piece.
    await Promise.resolve();
    for (;;) {
      const batch = this.#queue.take(this.#stream.messageBytesMax);
      if (batch.length === 0) break;
      await this.#write(batch);
    }
    this.#writing = null;
  }

  async #write(batch: readonly WaitingAppend[]): Promise<void> {
    const { clock, timers } = this.#deps;
    const deadlineMs = clock.nowMs() + APPEND_MS;
    for (;;) {
      const base = this.#place.seq;
      const numbered = numberAppends(batch, this.head, Math.round(clock.wallMs()));
      if (numbered.entries.length === 0) return numbered.settle();
      const outcome = await this.#tryToPlace(numbered, base, deadlineMs);
      if (outcome === 'placed') return numbered.settle();
      if (outcome !== 'overtaken') return refuseAppends(batch, unavailable(outcome));
      await pause(timers, 0, this.#closing.signal);
    }
  }

  /** Sends one message until it stands behind message `base` or another one does; or says why that is not known. */
  async #tryToPlace(
    { entries }: NumberedBatch,
    base: number,
    deadlineMs: number,
  ): Promise<'placed' | 'overtaken' | string> {
    const { clock, timers } = this.#deps;
    const message: LedgerMessage = { id: randomUUID(), after: this.#place.id, entries };
    const data = encodeLedgerMessage(message);
    this.#own = { id: message.id, landed: false };
    for (;;) {
      const published = await this.#stream.publish(data, message.id, base);
      if (published.kind === 'stored' && published.seq === base + 1) {
        if (this.#place.seq === base) this.#takeDecoded(base + 1, message);
        return 'placed';
      }
      const caught = await this.#catchUp();
      if (this.#own.landed) return 'placed';
      if (this.#place.seq > base) return 'overtaken';
      const fault =
        this.#obstacle() ?? (published.kind === 'unknown' ? published.message : 'no place was found');
      if (this.#obstacle() !== null || clock.nowMs() >= deadlineMs) return caught.ok ? fault : caught.fault;
      await pause(timers, RETRY_PAUSE_MS, this.#closing.signal);
    }
  }

  /** Reads what the stream has and this side has not. */
  #catchUp(): Promise<Result<void, string>> {
    this.#catching ??= this.#readToEnd().finally(() => {
      this.#catching = null;
    });
    return this.#catching;
  }

  async #readToEnd(): Promise<Result<void, string>> {
    const { seq } = this.#place;
    const last = await this.#stream.last();
    if (!last.ok) return last;
    // A server that has just begun to lead may need a moment; one that has lost its disk never comes to it.
    if (last.value < seq) return fail('the stream does not have all that was in force');
    while (this.#place.seq < last.value && this.#obstacle() === null) {
      const message = await this.#stream.message(this.#place.seq + 1);
      if (!message.ok) return message;
      this.#take(message.value);
    }
    return ok(undefined);
  }

  /** Stays at the end of the stream for as long as the ledger is open. */
  async #follow(): Promise<void> {
    const { timers, logger } = this.#deps;
    const { signal } = this.#closing;
    while (this.#obstacle() === null) {
      const fault = await this.#stream.follow(this.#place.seq + 1, (message) => this.#take(message), signal);
      if (signal.aborted) return;
      logger.warn('The ledger is looked for again', { error: fault });
      await pause(timers, FOLLOW_PAUSE_MS, signal);
    }
  }

  /** Compares with the stream whenever nothing has come for a while. */
  async #lookAfter(): Promise<void> {
    const { signal } = this.#closing;
    while (this.#obstacle() === null) {
      const { seq } = this.#place;
      await pause(this.#deps.timers, LOOK_PAUSE_MS, signal);
      if (seq === this.#place.seq && !signal.aborted) await this.#catchUp();
    }
  }

  #take({ seq, data }: StreamMessage): void {
    if (seq <= this.#place.seq || this.#obstacle() !== null) return;
    if (seq > this.#place.seq + 1) {
      void this.#catchUp();
      return;
    }
    const message = decodeLedgerMessage(data);
    if (message.ok) this.#takeDecoded(seq, message.value);
    else this.#break(`message ${seq} of the ledger: ${message.fault}`);
  }

  #takeDecoded(seq: number, { id, after, entries }: LedgerMessage): void {
    if (after !== this.#place.id || entries[0]?.seq !== this.head + 1) {
      this.#break(
        `message ${seq} of the ledger does not follow on what was in force: was the stream put back?`,
      );
      return;
    }
    this.#place = { seq, id, head: this.head + entries.length };
    if (id === this.#own.id) this.#own.landed = true;
    for (const entry of entries) for (const watcher of this.#watchers) watcher(entry);
  }

  #break(reason: string): void {
    this.#broken ??= reason;
    this.#deps.logger.error('The ledger cannot go on', { error: reason });
  }
}
