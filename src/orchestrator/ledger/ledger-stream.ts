/**
 * The stream that a ledger lies in: a thin shell over JetStream that says in values what happened.
 *
 * The stream takes a message only behind the one that its author has seen last, and never gives one up. Every call ends
 * within `CALL_MS`. Where the acknowledgement did not come, the outcome is `unknown`: the message may be there, may come
 * to be there, or not.
 */
import {
  DiscardPolicy,
  type JetStreamClient,
  type JetStreamManager,
  jetstream,
  RetentionPolicy,
  StorageType,
  type StreamInfo,
} from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { messageOf } from '../../core/error-message.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { hasApiCode, WRONG_LAST_SEQUENCE } from '../nats/api-codes.ts';
import type { NatsPlace } from '../nats/nats-tools.ts';

export type Published =
  | { readonly kind: 'stored'; readonly seq: number }
  /** Somebody else's message stands there already. */
  | { readonly kind: 'taken' }
  | { readonly kind: 'unknown'; readonly message: string };

export interface StreamMessage {
  readonly seq: number;
  readonly data: Uint8Array;
}

/** A stream of its own name may be somebody else's. */
const DESCRIPTION = /^SecBeat ledger ([0-9a-f-]{36})$/;
const CALL_MS = 2000;
/** Silence after which a read is given up. */
const READ_SILENCE_MS = 5000;
/** The server shows that it is there this often; two of these without a sign, and the stream is looked for anew. */
const FOLLOW_PACE = { expires: 4000, idle_heartbeat: 1000 };
const HEADROOM_BYTES = 4096;
const MESSAGE_BYTES_MAX = 960 * 1024;

export class LedgerStream {
  /** Tells one ledger from another: made once, with the stream. */
  readonly id: string;
  readonly #connection: NatsConnection;
  readonly #client: JetStreamClient;
  readonly #manager: JetStreamManager;
  readonly #name: string;
  readonly #subject: string;

  private constructor(place: NatsPlace, client: JetStreamClient, manager: JetStreamManager, id: string) {
    this.id = id;
    this.#connection = place.connection;
    this.#client = client;
    this.#manager = manager;
    this.#name = streamName(place.prefix);
    this.#subject = `${place.prefix}.ledger`;
  }

  /** Opens the stream, and makes it where it is not there; `newId` is a v4 UUID. */
  static async open(place: NatsPlace, newId: string): Promise<Result<LedgerStream, string>> {
    try {
      const client = jetstream(place.connection, { timeout: CALL_MS });
      const manager = await client.jetstreamManager();
      const info = await findOrMake(manager, place, newId);
      const id = DESCRIPTION.exec(info.config.description ?? '')?.[1];
      if (id === undefined) return fail(`the stream ${info.config.name} is no ledger of SecBeat`);
      return ok(new LedgerStream(place, client, manager, id));
    } catch (error) {
      return fail(`the stream of the ledger: ${messageOf(error)}`);
    }
  }

  /** The largest message that the server takes, in bytes. */
  get messageBytesMax(): number {
    const { max_payload: payloadMax = MESSAGE_BYTES_MAX } = this.#connection.info ?? {};
    return Math.min(payloadMax - HEADROOM_BYTES, MESSAGE_BYTES_MAX);
  }

  /** Puts a message behind message `after`, or nowhere. The same id twice is one message. */
  async publish(data: Uint8Array, id: string, after: number): Promise<Published> {
    try {
      const options = { msgID: id, expect: { lastSequence: after }, timeout: CALL_MS, retries: 1 };
      const { seq } = await this.#client.publish(this.#subject, data, options);
      return seq > after
        ? { kind: 'stored', seq }
        : { kind: 'unknown', message: 'acknowledged without a number' };
    } catch (error) {
      if (hasApiCode(error, WRONG_LAST_SEQUENCE)) return { kind: 'taken' };
      return { kind: 'unknown', message: messageOf(error) };
    }
  }

  /** Number of the newest message; 0 for none. */
  async last(): Promise<Result<number, string>> {
    try {
      return ok((await this.#manager.streams.info(this.#name)).state.last_seq);
    } catch (error) {
      return fail(messageOf(error));
    }
  }

  /** One message as the leader of the stream has it. */
  async message(seq: number): Promise<Result<StreamMessage, string>> {
    try {
      const found = await this.#manager.streams.getMessage(this.#name, { seq });
      return found === null ? fail(`message ${seq} is not there`) : ok({ seq, data: found.data });
    } catch (error) {
      return fail(messageOf(error));
    }
  }

  /** Reads messages from number `from` in order, up to number `to`, until `take` wants no more. */
  async scan(
    from: number,
    to: number,
    take: (message: StreamMessage) => boolean,
  ): Promise<Result<void, string>> {
    try {
      const consumer = await this.#client.consumers.get(this.#name, { opt_start_seq: from });
      let next = from;
      const messages = await consumer.fetch({ max_messages: to - from + 1, expires: READ_SILENCE_MS });
      for await (const { seq, data } of messages) {
        if (seq !== next) break;
        next += 1;
        if (!take({ seq, data }) || seq === to) return ok(undefined);
      }
      return fail(`message ${next} did not come`);
    } catch (error) {
      return fail(messageOf(error));
    }
  }

  /**
   * Hands out messages from number `from` as they come, until `signal` is aborted or the stream cannot be followed any
   * further; resolves with why. What is handed out may have gaps after a disturbance.
   */
  async follow(from: number, take: (message: StreamMessage) => void, signal: AbortSignal): Promise<string> {
    const ended = new AbortController();
    try {
      const consumer = await this.#client.consumers.get(this.#name, { opt_start_seq: from });
      const messages = await consumer.consume(FOLLOW_PACE);
      const stop = (): void => messages.stop();
      signal.addEventListener('abort', stop, { signal: ended.signal });
      if (signal.aborted) stop();
      for await (const { seq, data } of messages) take({ seq, data });
      return 'the stream ended';
    } catch (error) {
      return messageOf(error);
    } finally {
      ended.abort();
    }
  }
}

function streamName(prefix: string): string {
  return `${prefix}_ledger`;
}

/** Of several that make it at once one succeeds, and the others find it. */
async function findOrMake(
  manager: JetStreamManager,
  { prefix, replicas }: NatsPlace,
  newId: string,
): Promise<StreamInfo> {
  const name = streamName(prefix);
  try {
    return await manager.streams.info(name);
  } catch (error) {
    if (!/not found/.test(messageOf(error))) throw error;
  }
  try {
    return await manager.streams.add({
      ...{ name, subjects: [`${prefix}.ledger`], description: `SecBeat ledger ${newId}` },
      ...{ storage: StorageType.File, num_replicas: replicas, retention: RetentionPolicy.Limits },
      // A full server refuses new entries; it never drops old ones.
      ...{ discard: DiscardPolicy.New, deny_delete: true, deny_purge: true, allow_direct: true },
    });
  } catch (error) {
    return await manager.streams.info(name).catch(() => {
      throw error;
    });
  }
}
