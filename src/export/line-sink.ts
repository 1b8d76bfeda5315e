/**
 * Where log text ends: a file that is appended to, or standard output.
 *
 * Method: a bounded queue and one asynchronous write at a time. Standard output is written through a
 * descriptor as well, since the stream of the runtime may block the thread on a slow reader and turns a
 * closed pipe into an uncaught exception. A failed write keeps its text and is tried again later; what does
 * not fit into the queue meanwhile is dropped and counted. Nothing here throws or rejects.
 *
 * Bounds: `QUEUE_LENGTH_MAX` characters wait, a chunk of at most `CHUNK_LENGTH_MAX` beyond its first text is
 * under way, and `flush` waits `FLUSH_WAIT_MS` at most.
 */
import { close, constants, fstatSync, open, openSync, write } from 'node:fs';

export interface LineSink {
  /** Takes whole lines, each ending in a line feed. */
  write(text: string): void;
  /** Resolves when all text so far is written, writing failed, or the wait is over; never rejects. */
  flush(): Promise<void>;
  /** Opens the file anew, for a rotation that moved it; the old one serves until the new one is open. */
  reopen(): void;
  /** How many lines were dropped because the queue was full. */
  droppedLines(): number;
}

export interface LineSinkOptions {
  /** Told once when writing begins to fail, and again only after it worked in between. */
  readonly onFault: (fault: Error) => void;
  /** Pause before a failed write is tried again. */
  readonly retryMs?: number;
  /** Most characters that may wait. */
  readonly queueLengthMax?: number;
  /** Longest time that `flush` waits for a slow reader. */
  readonly flushWaitMs?: number;
}

const QUEUE_LENGTH_MAX = 4 * 1024 * 1024;
const CHUNK_LENGTH_MAX = 64 * 1024;
const RETRY_MS = 1000;
/** Pauses before a slow reader is tried again, doubled while it takes nothing. */
const SLOW_READER_MS_MIN = 1;
const SLOW_READER_MS_MAX = 64;
const FLUSH_WAIT_MS = 2000;

/** Appends to the file at `path`, made with mode 0640 where it is missing. */
export function createFileSink(path: string, options: LineSinkOptions): LineSink {
  return new DescriptorSink(null, path, options);
}

/** Writes to standard output, which is never closed. */
export function createStdoutSink(options: LineSinkOptions): LineSink {
  return new DescriptorSink(openStdout(), null, options);
}

/**
 * Opens a pipe or terminal a second time, so that it can be non-blocking without changing what other
 * processes share. A blocking write to a pipe that nobody reads would occupy a thread, and Node then cannot
 * even exit. A file stays as it is, for its position is shared; so does a socket, which has no name to open.
 */
function openStdout(): number {
  try {
    const stats = fstatSync(1);
    if (!stats.isFIFO() && !stats.isCharacterDevice()) return 1;
    return openSync('/proc/self/fd/1', constants.O_WRONLY | constants.O_NONBLOCK);
  } catch {
    // Another system, or foreign rights.
    return 1;
  }
}

class DescriptorSink implements LineSink {
  readonly #path: string | null;
  readonly #onFault: (fault: Error) => void;
  readonly #retryMs: number;
  readonly #queueLengthMax: number;
  readonly #flushWaitMs: number;
  #descriptor: number | null;
  #queue: string[] = [];
  #queueLength = 0;
  /** Bytes of the chunk that is being written; empty between chunks. */
  #chunk: Buffer = Buffer.alloc(0);
  #busy = false;
  #failing = false;
  #mustReopen = false;
  #droppedLines = 0;
  #slowReaderMs = SLOW_READER_MS_MIN;
  #retryTimer: NodeJS.Timeout | null = null;
  #flushing: { readonly done: Promise<void>; readonly settle: () => void } | null = null;

  constructor(descriptor: number | null, path: string | null, options: LineSinkOptions) {
    this.#descriptor = descriptor;
    this.#path = path;
    this.#onFault = options.onFault;
    this.#retryMs = options.retryMs ?? RETRY_MS;
    this.#queueLengthMax = options.queueLengthMax ?? QUEUE_LENGTH_MAX;
    this.#flushWaitMs = options.flushWaitMs ?? FLUSH_WAIT_MS;
  }

  write(text: string): void {
    if (text === '') return;
    if (this.#queueLength + text.length > this.#queueLengthMax) {
      this.#droppedLines += countLines(text);
      return;
    }
    this.#queue.push(text);
    this.#queueLength += text.length;
    if (this.#retryTimer === null) this.#pump();
  }

  flush(): Promise<void> {
    if (this.#isIdle()) return Promise.resolve();
    this.#flushing ??= this.#startFlush();
    this.#retryNow();
    return this.#flushing?.done ?? Promise.resolve();
  }

  reopen(): void {
    if (this.#path === null) return;
    this.#mustReopen = true;
    this.#retryNow();
  }

  droppedLines(): number {
    return this.#droppedLines;
  }

  #isIdle(): boolean {
    return !this.#busy && this.#queue.length === 0 && this.#chunk.length === 0;
  }

  #retryNow(): void {
    if (this.#retryTimer !== null) clearTimeout(this.#retryTimer);
    this.#retryTimer = null;
    this.#pump();
  }

  #startFlush(): { readonly done: Promise<void>; readonly settle: () => void } {
    const { promise, resolve } = Promise.withResolvers<void>();
    const deadline = setTimeout(() => this.#settleFlush(), this.#flushWaitMs);
    return {
      done: promise,
      settle: () => {
        clearTimeout(deadline);
        resolve();
      },
    };
  }

  /** Takes the next step, unless one is under way; each step ends by calling this again. */
  #pump(): void {
    if (this.#busy) return;
    // Between two chunks, so that a rotation cuts no line in two, except to get away from a file that fails.
    const mayReopen = this.#chunk.length === 0 || this.#failing;
    if ((this.#mustReopen && mayReopen) || (this.#descriptor === null && !this.#isIdle())) {
      this.#openFile();
      return;
    }
    if (this.#chunk.length === 0) this.#chunk = this.#takeChunk();
    if (this.#chunk.length === 0) {
      this.#settleFlush();
      return;
    }
    this.#busy = true;
    write(this.#descriptor!, this.#chunk, 0, this.#chunk.length, null, (fault, byteCount) => {
      this.#busy = false;
      if (fault !== null) {
        this.#fail(fault);
        return;
      }
      this.#failing = false;
      this.#slowReaderMs = SLOW_READER_MS_MIN;
      this.#chunk = this.#chunk.subarray(byteCount);
      this.#pump();
    });
  }

  #openFile(): void {
    this.#busy = true;
    this.#mustReopen = false;
    open(this.#path!, 'a', 0o640, (fault, descriptor) => {
      this.#busy = false;
      if (fault !== null && this.#descriptor === null) {
        this.#fail(fault);
        return;
      }
      if (fault !== null) {
        this.#onFault(fault);
      } else {
        if (this.#descriptor !== null) close(this.#descriptor, () => undefined);
        this.#descriptor = descriptor;
      }
      this.#pump();
    });
  }

  #takeChunk(): Buffer {
    let text = '';
    let taken = 0;
    while (taken < this.#queue.length && (taken === 0 || text.length < CHUNK_LENGTH_MAX)) {
      text += this.#queue[taken];
      taken += 1;
    }
    this.#queue.splice(0, taken);
    this.#queueLength -= text.length;
    return Buffer.from(text, 'utf8');
  }

  /** Keeps what is queued and tries again later. */
  #fail(fault: Error): void {
    if (isSlowReader(fault)) {
      this.#retryIn(this.#slowReaderMs);
      this.#slowReaderMs = Math.min(this.#slowReaderMs * 2, SLOW_READER_MS_MAX);
      return;
    }
    if (!this.#failing) this.#onFault(fault);
    this.#failing = true;
    // Nobody who waits for a flush is held up by a broken disk.
    this.#settleFlush();
    this.#retryIn(this.#retryMs);
  }

  #retryIn(delayMs: number): void {
    this.#retryTimer = setTimeout(() => this.#retryNow(), delayMs);
    // A failing log must not keep a process alive that has nothing else to do.
    this.#retryTimer.unref();
  }

  #settleFlush(): void {
    this.#flushing?.settle();
    this.#flushing = null;
  }
}

/** The pipe is full: not a fault, only a slow reader. */
function isSlowReader(fault: Error): boolean {
  return 'code' in fault && fault.code === 'EAGAIN';
}

function countLines(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}
