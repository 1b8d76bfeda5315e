/**
 * The large lists of a node: which are in force, when each is looked at again, and what came of it.
 *
 * A list that cannot be had or read leaves the one before in force; the fault is logged and counted. Loading happens
 * in the loader thread; here only references change hands.
 */
import type { Config } from '../../config/schema.ts';
import type { ListMemory } from '../../core/access-lists.ts';
import { allocateWords } from '../../core/address-index.ts';
import type { Clock } from '../../core/clock.ts';
import type { Logger } from '../../core/logger.ts';
import type { PrefixSetMemory } from '../../core/prefix-set.ts';
import { versionOfFile } from './list-file.ts';
import { copyJob, listJob, sameSource } from './list-jobs.ts';
import type { ListJob, ListOutcome } from './load-job.ts';
import type { LoaderThread } from './loader-thread.ts';

export type ListConfig = Config['lists'][number];

export interface ListKeeperOptions {
  readonly loader: LoaderThread;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Folder for answers of servers. */
  readonly folder: string;
  /** The lists in force have changed. */
  readonly onChange: (lists: readonly ListMemory[]) => void;
}

/** A list as metrics show it. */
export interface ListReading {
  readonly name: string;
  readonly entries: number;
  /** Seconds since the list was last known to be what its source has; null before the first time. */
  readonly ageSeconds: number | null;
  readonly refusals: number;
  readonly failures: number;
}

interface KeptList {
  config: ListConfig;
  memory: PrefixSetMemory | null;
  version: string | null;
  entries: number;
  /** Monotonic times: of the last good look, and of the next one. */
  confirmedMs: number | null;
  dueMs: number;
  loading: boolean;
  failures: number;
  readonly refusals: Int32Array;
}

/** Beyond the time that a server is given: for reading and compiling. */
const COMPILE_PATIENCE_MS = 60_000;
/** After a fault the next look comes sooner than the file of the operator says. */
const RETRY_MS = 60_000;

export class ListKeeper {
  readonly #options: ListKeeperOptions;
  #lists: readonly KeptList[] = [];

  constructor(options: ListKeeperOptions) {
    this.#options = options;
  }

  /** The lists in force. */
  get current(): readonly ListMemory[] {
    return this.#lists.flatMap(({ config, memory, refusals }) =>
      memory === null ? [] : [{ name: config.name, action: config.action, prefixes: memory, refusals }],
    );
  }

  /**
   * Loads what is on this machine: files, and the last answers of servers, which are asked later. The faults are
   * those of files: a node must not start without a list that it could have had.
   */
  async start(configs: readonly ListConfig[]): Promise<readonly string[]> {
    this.#lists = configs.map((config) => ({ ...this.#create(config), loading: true }));
    const faults: string[] = [];
    for (const list of this.#lists) {
      if (list.config.url === undefined) {
        const fault = await this.#load(list, listJob(list.config, this.#options.folder, null));
        if (fault !== null) faults.push(`lists "${list.config.name}": ${fault}`);
      } else {
        const fault = await this.#load(list, copyJob(list.config, this.#options.folder));
        list.dueMs = 0;
        if (fault !== null)
          this.#options.logger.warn('List is not there yet', { list: list.config.name, reason: fault });
      }
    }
    return faults;
  }

  /** Puts a reloaded configuration in force; every list is looked at again. */
  configure(configs: readonly ListConfig[]): void {
    const before = new Map(this.#lists.map((list) => [list.config.name, list]));
    this.#lists = configs.map((config) => {
      const kept = before.get(config.name);
      if (kept === undefined) return this.#create(config);
      // What another source held stays in force until the new one has been read.
      if (!sameSource(kept.config, config))
        return { ...kept, config, version: null, loading: false, dueMs: 0 };
      kept.config = config;
      kept.dueMs = 0;
      return kept;
    });
    this.#options.onChange(this.current);
    this.sweep();
  }

  /** Looks at the lists that are due; called every second. */
  sweep(): void {
    const nowMs = this.#options.clock.nowMs();
    for (const list of this.#lists) if (!list.loading && list.dueMs <= nowMs) void this.#refresh(list);
  }

  /** What metrics show. */
  read(): readonly ListReading[] {
    const nowMs = this.#options.clock.nowMs();
    return this.#lists.map(({ config, entries, confirmedMs, refusals, failures }) => ({
      name: config.name,
      entries,
      ageSeconds: confirmedMs === null ? null : (nowMs - confirmedMs) / 1000,
      refusals: Atomics.load(refusals, 0) >>> 0,
      failures,
    }));
  }

  /** Loads nothing more, and has nothing to say about what is under way. */
  close(): void {
    this.#lists = [];
  }

  async #refresh(list: KeptList): Promise<void> {
    const { folder, logger } = this.#options;
    const { config } = list;
    list.loading = true;
    // A file that is as it was needs no thread.
    const unchanged =
      config.path !== undefined &&
      list.version !== null &&
      (await versionOfFile(config.path)) === list.version;
    const fault = unchanged
      ? this.#settle(list, { kind: 'unchanged' })
      : await this.#load(list, listJob(config, folder, list.version));
    if (fault === null || !this.#lists.includes(list)) return;
    list.failures++;
    logger.warn(
      list.memory === null
        ? 'List could not be loaded'
        : 'List could not be renewed, the one before stays in force',
      { list: config.name, reason: fault },
    );
  }

  /** Has the loader do a job and takes over what came of it; the fault is a sentence. */
  async #load(list: KeptList, job: ListJob): Promise<string | null> {
    const { clock, loader } = this.#options;
    list.loading = true;
    const patienceMs = list.config.timeout_seconds * 1000 + COMPILE_PATIENCE_MS;
    const outcome = await loader.run(job, patienceMs);
    if (outcome.kind === 'geo') return 'the loader did something else';
    if (outcome.kind !== 'failed') return this.#settle(list, outcome);
    list.loading = false;
    list.dueMs = clock.nowMs() + Math.min(RETRY_MS, list.config.refresh_seconds * 1000);
    return outcome.message;
  }

  #settle(list: KeptList, outcome: ListOutcome): null {
    const { clock, logger, onChange } = this.#options;
    const nowMs = clock.nowMs();
    list.loading = false;
    list.confirmedMs = nowMs;
    list.dueMs = nowMs + list.config.refresh_seconds * 1000;
    if (outcome.kind === 'unchanged' || !this.#lists.includes(list)) return null;
    list.memory = outcome.memory;
    list.version = outcome.version;
    list.entries = outcome.entries;
    const { entries, skipped, firstSkipped, warning } = outcome;
    logger.info('List loaded', {
      list: list.config.name,
      entries,
      ...(skipped > 0 ? { lines_left_out: skipped, first_line_left_out: firstSkipped } : {}),
    });
    if (warning !== null)
      logger.warn('List is not kept on disk', { list: list.config.name, reason: warning });
    onChange(this.current);
    return null;
  }

  #create(config: ListConfig): KeptList {
    return {
      config,
      memory: null,
      version: null,
      entries: 0,
      confirmedMs: null,
      dueMs: 0,
      loading: false,
      failures: 0,
      refusals: allocateWords(1),
    };
  }
}
