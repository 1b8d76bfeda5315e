/**
 * Collects request records in a worker and hands them on as formatted text, some hundred lines at a time.
 *
 * The pipeline only appends to a bounded queue. Lines are formatted later, from a timer or as soon as a
 * batch is full, one batch per turn of the event loop, so traffic is served between two batches. What does
 * not fit is dropped and counted: a log must never slow a request down or grow without bound.
 */
import type { Clock } from '../../core/clock.ts';
import { formatAccessLine, formatSecurityLine, isSecurityEvent } from './access-log.ts';
import type { RequestOutcome, RequestRecord } from './request-record.ts';
import { SlidingCap } from './sliding-cap.ts';
import type { EventSink } from './traffic-labels.ts';

export interface RecordBatcherOptions {
  readonly json: boolean;
  readonly clock: Clock;
  /** Takes whole lines. */
  readonly send: (batch: string) => void;
  /** Told whenever lines are given up. */
  readonly onDropped: (sink: EventSink, count: number) => void;
  readonly schedule?: Schedule;
}

/** Which lines are wanted; may change while the worker runs. */
export interface RecordBatcherSwitches {
  readonly accessLog: boolean;
  readonly securityLog: boolean;
}

/** Runs a task later, by default with the runtime's timers; returns what calls it off. */
export type Schedule = (task: () => void, delayMs: number) => () => void;

export const BATCH_RECORDS_MAX = 256;
export const BATCH_DELAY_MS = 200;
export const QUEUED_RECORDS_MAX = 4096;
export const SECURITY_LINES_PER_SECOND_MAX = 100;

export class RecordBatcher {
  readonly #options: RecordBatcherOptions;
  readonly #schedule: Schedule;
  readonly #securityCap = new SlidingCap(SECURITY_LINES_PER_SECOND_MAX, 1000);
  #switches: RecordBatcherSwitches;
  #queue: QueuedRecord[] = [];
  #cancelFlush: (() => void) | null = null;
  #flushIsDue = false;

  constructor(options: RecordBatcherOptions, switches: RecordBatcherSwitches) {
    this.#options = options;
    this.#schedule = options.schedule ?? scheduleTimer;
    this.#switches = switches;
  }

  switchTo(switches: RecordBatcherSwitches): void {
    this.#switches = switches;
  }

  /** Whether `add` would do anything with this request: without a wish for a line no record need be built. */
  wants(outcome: Pick<RequestOutcome, 'reason' | 'ruleIds'>): boolean {
    return this.#switches.accessLog || (this.#switches.securityLog && isSecurityEvent(outcome));
  }

  add(record: RequestRecord): void {
    const access = this.#switches.accessLog;
    const security = this.#switches.securityLog && isSecurityEvent(record) && this.#admitSecurityLine();
    if (!access && !security) return;
    if (this.#queue.length >= QUEUED_RECORDS_MAX) {
      if (access) this.#options.onDropped('access_log', 1);
      if (security) this.#options.onDropped('security_log', 1);
      return;
    }
    this.#queue.push({ record, access, security });
    if (this.#queue.length >= BATCH_RECORDS_MAX) this.#flushSoon();
    else this.#cancelFlush ??= this.#schedule(() => this.#flushBatch(), BATCH_DELAY_MS);
  }

  /** Formats and sends everything at once, for the end of the worker. */
  flush(): void {
    while (this.#queue.length > 0) this.#sendBatch();
    this.#cancelFlush?.();
    this.#cancelFlush = null;
    this.#flushIsDue = false;
  }

  #admitSecurityLine(): boolean {
    if (this.#securityCap.admit(this.#options.clock.nowMs())) return true;
    this.#options.onDropped('security_log', 1);
    return false;
  }

  #flushSoon(): void {
    if (this.#flushIsDue) return;
    this.#flushIsDue = true;
    this.#cancelFlush?.();
    this.#cancelFlush = this.#schedule(() => this.#flushBatch(), 0);
  }

  #flushBatch(): void {
    this.#cancelFlush = null;
    this.#flushIsDue = false;
    this.#sendBatch();
    if (this.#queue.length > 0) this.#flushSoon();
  }

  #sendBatch(): void {
    const batch = this.#queue.splice(0, BATCH_RECORDS_MAX);
    const { json, send } = this.#options;
    let text = '';
    for (const { record, access, security } of batch) {
      if (security) text += formatSecurityLine(record, json);
      if (access) text += formatAccessLine(record, json);
    }
    if (text !== '') send(text);
  }
}

interface QueuedRecord {
  readonly record: RequestRecord;
  readonly access: boolean;
  readonly security: boolean;
}

function scheduleTimer(task: () => void, delayMs: number): () => void {
  if (delayMs === 0) {
    const immediate = setImmediate(task);
    return () => clearImmediate(immediate);
  }
  const timer = setTimeout(task, delayMs);
  // A worker that ends calls flush itself.
  timer.unref();
  return () => clearTimeout(timer);
}
