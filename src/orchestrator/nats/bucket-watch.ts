/**
 * Everything that is written to a bucket, as it comes, over every disturbance.
 *
 * A watch is begun with all present values, so whatever was written while nobody watched is told when it is begun anew.
 * That happens when it ends, and when the bucket has more than what was told: while servers change their leaders, a watch may
 * miss something without a word. What is told may be told twice; its revision tells.
 */
import type { JetStreamManager } from '@nats-io/jetstream';
import type { KV, KvEntry } from '@nats-io/kv';
import { messageOf } from '../../core/error-message.ts';
import type { Logger } from '../../core/logger.ts';
import { pause, type Timers } from '../../core/timers.ts';

export interface BucketWatch {
  readonly bucket: KV;
  readonly manager: JetStreamManager;
  /** Of the bucket. */
  readonly name: string;
  readonly take: (entry: KvEntry) => void;
  readonly signal: AbortSignal;
  readonly timers: Timers;
  readonly logger: Logger;
}

const PAUSE_MS = 250;
const LOOK_PAUSE_MS = 1000;

/** Resolves once `signal` is aborted; never rejects. */
export async function watchBucket({
  bucket,
  manager,
  name,
  take,
  signal,
  timers,
  logger,
}: BucketWatch): Promise<void> {
  /** The newest revision that was told, or that need not be waited for. */
  let told = 0;
  while (!signal.aborted) {
    const ended = new AbortController();
    try {
      const entries = await bucket.watch();
      const stop = (): void => entries.stop();
      signal.addEventListener('abort', stop, { signal: ended.signal });
      if (signal.aborted) stop();
      void stopWhereBehind(stop, ended.signal);
      for await (const entry of entries) {
        take(entry);
        told = Math.max(told, entry.revision);
      }
    } catch (error) {
      logger.warn('A bucket is looked for again', { bucket: name, error: messageOf(error) });
    }
    ended.abort();
    await pause(timers, PAUSE_MS, signal);
  }

  async function stopWhereBehind(stop: () => void, ended: AbortSignal): Promise<void> {
    while (!ended.aborted) {
      const before = await newestRevision(manager, name);
      await pause(timers, LOOK_PAUSE_MS, ended);
      if (before === null || told >= before) continue;
      // What was purged meanwhile never comes.
      told = before;
      stop();
      return;
    }
  }
}

/** Null where the servers do not say. */
async function newestRevision(manager: JetStreamManager, name: string): Promise<number | null> {
  try {
    return (await manager.streams.info(`KV_${name}`)).state.last_seq;
  } catch {
    return null;
  }
}
