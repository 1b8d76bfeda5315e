/**
 * A file that whole lines are appended to, in order, without anybody waiting for the disk.
 *
 * Each write opens the file anew, so whatever rotates it from outside needs to tell nobody. Where a size is given,
 * the log rotates itself: `name`, `name.1`, … up to the number of files to keep. What the disk does not take in time
 * is given up and counted, oldest kept: the queue is bounded, and traffic never waits for it.
 */
import { appendFile, mkdir, rename, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { messageOf } from '../../core/error-message.ts';

export interface AppendLogOptions {
  readonly path: string;
  /** Octets after which the file is put aside; null where somebody else rotates it. */
  readonly fileBytesMax: number | null;
  /** Files kept besides the current one. */
  readonly filesKept: number;
  /** Octets that may wait for the disk. */
  readonly pendingBytesMax: number;
  /** Told when lines were given up, and once for each kind of failure until a write succeeds. */
  readonly onFault: (message: string) => void;
}

/** For the owner alone: what is logged tells about people. */
const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;

export class AppendLog {
  readonly #options: AppendLogOptions;
  #pending: string[] = [];
  #pendingBytes = 0;
  #writing: Promise<void> | null = null;
  #lastFault = '';
  /** Batches given up since the start. */
  lost = 0;

  constructor(options: AppendLogOptions) {
    this.#options = options;
  }

  get path(): string {
    return this.#options.path;
  }

  /** @param lines whole lines with their line feeds */
  append(lines: string): void {
    const bytes = Buffer.byteLength(lines);
    if (this.#pendingBytes + bytes > this.#options.pendingBytesMax) {
      this.lost += 1;
      return;
    }
    this.#pending.push(lines);
    this.#pendingBytes += bytes;
    this.#writing ??= this.#writeAll();
  }

  /** Resolves when everything appended so far has been written or given up. */
  async settled(): Promise<void> {
    while (this.#writing !== null) await this.#writing;
  }

  async #writeAll(): Promise<void> {
    // Lets the caller's turn end, so that batches of one turn are written together.
    await Promise.resolve();
    while (this.#pending.length > 0) {
      const text = this.#pending.join('');
      this.#pending = [];
      await this.#write(text);
      this.#pendingBytes -= Buffer.byteLength(text);
    }
    this.#writing = null;
  }

  async #write(text: string): Promise<void> {
    const { path } = this.#options;
    try {
      await this.#makeRoom(Buffer.byteLength(text));
      await appendFile(path, text, { mode: FILE_MODE });
      this.#lastFault = '';
    } catch (error) {
      this.lost += 1;
      const message = messageOf(error);
      if (message !== this.#lastFault) this.#options.onFault(`${path}: ${message}`);
      this.#lastFault = message;
    }
  }

  async #makeRoom(bytes: number): Promise<void> {
    const { path, fileBytesMax, filesKept } = this.#options;
    const size = await sizeOf(path);
    if (size === null) await mkdir(dirname(path), { recursive: true, mode: FOLDER_MODE });
    if (size === null || fileBytesMax === null || size + bytes <= fileBytesMax) return;
    for (let number = filesKept; number > 0; number -= 1) {
      await renameIfThere(fileName(path, number - 1), fileName(path, number));
    }
  }
}

/** The files of a log, the current one in front. */
export function filesOf(path: string, filesKept: number): readonly string[] {
  return Array.from({ length: filesKept + 1 }, (_, number) => fileName(path, number));
}

function fileName(path: string, number: number): string {
  return number === 0 ? path : `${path}.${number}`;
}

async function sizeOf(path: string): Promise<number | null> {
  try {
    return (await stat(path)).size;
  } catch {
    return null;
  }
}

async function renameIfThere(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
