/**
 * Notices that files have changed, by looking at them from time to time.
 *
 * Looking survives what notifications do not: renames, symbolic links that are swapped, folders that are mounted
 * over, network file systems. A change is told only once two looks in a row agree, so that a pair which is being
 * written is not read half-way.
 */
import { stat } from 'node:fs/promises';

export class FileWatch {
  readonly #onChange: () => Promise<void>;
  #paths: readonly string[] = [];
  /** What the files looked like when they were last told of, and at the last look. */
  #known = '';
  #last = '';
  #looking = false;

  constructor(onChange: () => Promise<void>) {
    this.#onChange = onChange;
  }

  /** Watches these files from now on, as they are now. */
  async watch(paths: readonly string[]): Promise<void> {
    this.#paths = [...new Set(paths)];
    const now = await stampOf(this.#paths);
    this.#known = now;
    this.#last = now;
  }

  /** One look; a second one is left out while the first is not done. */
  async look(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    try {
      const paths = this.#paths;
      const now = await stampOf(paths);
      // Told to watch others while this look was under way.
      if (paths !== this.#paths) return;
      const settled = now === this.#last;
      this.#last = now;
      if (!settled || now === this.#known) return;
      this.#known = now;
      await this.#onChange();
    } finally {
      this.#looking = false;
    }
  }
}

async function stampOf(paths: readonly string[]): Promise<string> {
  const stamps = await Promise.all(paths.map(stampOfFile));
  return stamps.join('\n');
}

/** Follows symbolic links: it is the file behind them that counts. */
async function stampOfFile(path: string): Promise<string> {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
    return `${dev} ${ino} ${size} ${mtimeNs} ${ctimeNs}`;
  } catch {
    return '';
  }
}
