/**
 * Keeps the bans of the node in the kernel as well, so that packets of banned clients cost the node nothing.
 *
 *   ban book -> wanted elements -> changes that wait -> one nft process at a time
 *
 * The kernel is a copy and never asked: elements end by themselves at the same time as their bans. Whatever fails is
 * counted and repaired by making the whole table anew, later and later while that fails too; the node enforces every
 * ban by itself all the while. What stands on a list that allows is never given to the kernel, nor is a ban that holds
 * such an address. Bounded: wanted elements by the configuration, changes that wait by the wanted elements and those
 * that were just lifted.
 */
import type { Clock } from '../../core/clock.ts';
import { formatPrefix, type Prefix, parsePrefix } from '../../core/ip.ts';
import type { Logger } from '../../core/logger.ts';
import type { Result } from '../../core/result.ts';
import type { NftFault } from './nft-process.ts';
import {
  elementsScript,
  type GuardedAddress,
  type KernelBan,
  removalScript,
  setName,
  setScript,
  tableScript,
} from './nft-script.ts';

export interface BanMirrorOptions {
  readonly run: (script: string) => Promise<Result<void, NftFault>>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Name of the table. */
  readonly table: string;
  readonly entriesMax: number;
  /** Whether addresses within the prefix are allowed by a list. */
  readonly isExempt: (prefix: Prefix) => boolean;
  /** All bans in force. */
  readonly readBans: () => Iterable<BanInForce>;
}

export interface BanInForce {
  /** Canonical address or prefix. */
  readonly target: string;
  /** Milliseconds since 1970. */
  readonly expiresAtMs: number;
}

/** What metrics show. */
export interface KernelReading {
  readonly bans: number;
  readonly failures: number;
}

interface Wanted {
  readonly prefix: Prefix;
  readonly expiresAtMs: number;
}

/** Changes within this time travel together. */
const GATHER_MS = 20;
/** Changes of one process. */
const CHANGES_MAX = 10_000;
const RETRY_FIRST_MS = 1000;
const RETRY_MAX_MS = 60_000;

export class BanMirror {
  readonly #options: BanMirrorOptions;
  readonly #wanted = new Map<string, Wanted>();
  /** Targets whose element is not as wanted. */
  readonly #changed = new Map<string, Prefix>();
  readonly #sets = new Set<string>();
  #guarded: readonly GuardedAddress[] | null = null;
  #running: Promise<void> | null = null;
  #timer: NodeJS.Timeout | null = null;
  /** Whether the table in the kernel is one that changes can be made to. */
  #sound = false;
  /** Whether there ever was one: then what is missing now, during an upgrade perhaps, may come back. */
  #worked = false;
  /** Whether bans were left out for want of room. */
  #crowded = false;
  #retryMs = RETRY_FIRST_MS;
  #failures = 0;

  constructor(options: BanMirrorOptions) {
    this.#options = options;
  }

  /** What metrics show; null while the kernel is not given anything. */
  read(): KernelReading | null {
    if (this.#guarded === null) return null;
    return { bans: this.#sound ? this.#wanted.size : 0, failures: this.#failures };
  }

  /** Makes the table, in place of what an earlier life may have left; resolves once that has worked or failed. */
  async start(guarded: readonly GuardedAddress[]): Promise<void> {
    this.#guarded = guarded;
    this.#readAll();
    this.#flush();
    await this.#running;
    if (this.#sound) this.#options.logger.info('The kernel drops packets of banned clients', this.#fields());
  }

  /** A ban is in force until a time; also one that was longer or shorter before. */
  put({ target, expiresAtMs }: BanInForce): void {
    if (this.#guarded === null) return;
    const prefix = parsePrefix(target);
    if (prefix.ok) this.#want(target, prefix.value, expiresAtMs);
  }

  /** A ban was lifted. */
  remove(target: string): void {
    const wanted = this.#wanted.get(target);
    if (wanted === undefined) return;
    this.#wanted.delete(target);
    this.#change(target, wanted.prefix);
  }

  /** The lists that allow have changed. */
  exemptionsChanged(): void {
    if (this.#guarded !== null) this.#readAll();
  }

  /** Forgets what has ended; called every second. */
  sweep(): void {
    const nowMs = this.#options.clock.wallMs();
    for (const [target, { expiresAtMs }] of this.#wanted) {
      if (expiresAtMs <= nowMs) this.#wanted.delete(target);
    }
    if (this.#crowded && this.#wanted.size < this.#options.entriesMax) this.#readAll();
  }

  /** Takes the table out of the kernel. */
  async stop(): Promise<void> {
    const started = this.#guarded !== null;
    this.#guarded = null;
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#running;
    if (!started) return;
    const removed = await this.#options.run(removalScript(this.#options.table));
    if (!removed.ok) this.#options.logger.warn('The table could not be removed', this.#fields(removed.fault));
  }

  /** Compares everything wanted with all bans there are. */
  #readAll(): void {
    this.#crowded = false;
    const gone = new Set(this.#wanted.keys());
    for (const ban of this.#options.readBans()) {
      gone.delete(ban.target);
      this.put(ban);
    }
    for (const target of gone) this.remove(target);
  }

  #want(target: string, prefix: Prefix, expiresAtMs: number): void {
    const { clock, entriesMax, isExempt } = this.#options;
    if (expiresAtMs <= clock.wallMs() || isExempt(prefix)) {
      this.remove(target);
      return;
    }
    const before = this.#wanted.get(target);
    if (before?.expiresAtMs === expiresAtMs) return;
    if (before === undefined && this.#wanted.size >= entriesMax) {
      this.#crowded = true;
      return;
    }
    this.#wanted.set(target, { prefix, expiresAtMs });
    this.#change(target, prefix);
  }

  #change(target: string, prefix: Prefix): void {
    this.#changed.set(target, prefix);
    if (this.#running === null) this.#schedule(GATHER_MS);
  }

  /** The first of several wins: nothing is asked for sooner than a retry is due. */
  #schedule(delayMs: number): void {
    if (this.#guarded !== null) this.#timer ??= setTimeout(() => this.#flush(), delayMs);
  }

  #flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#running !== null || this.#guarded === null) return;
    const anew = !this.#sound;
    const script = anew ? this.#wholeScript(this.#guarded) : this.#changeScript();
    this.#running = this.#options.run(script).then((result) => {
      this.#running = null;
      if (result.ok) this.#succeeded(anew);
      else this.#failed(result.fault);
    });
  }

  #succeeded(anew: boolean): void {
    if (anew && this.#failures > 0) {
      this.#options.logger.info('The kernel drops packets of banned clients again', this.#fields());
    }
    this.#sound = true;
    this.#worked = true;
    this.#retryMs = RETRY_FIRST_MS;
    if (this.#changed.size > 0) this.#schedule(GATHER_MS);
  }

  #failed(fault: NftFault): void {
    const { logger } = this.#options;
    this.#sound = false;
    this.#failures++;
    if (fault.kind !== 'failed' && !this.#worked) {
      // Nothing that happens while the node runs gives it the program or the right.
      logger.warn('Bans are not given to the kernel, the node enforces them alone', this.#fields(fault));
      this.#guarded = null;
      this.#wanted.clear();
      this.#changed.clear();
      return;
    }
    logger.warn('The kernel did not take the bans, trying again', this.#fields(fault));
    this.#schedule(this.#retryMs);
    this.#retryMs = Math.min(this.#retryMs * 2, RETRY_MAX_MS);
  }

  #wholeScript(guarded: readonly GuardedAddress[]): string {
    this.#changed.clear();
    this.#sets.clear();
    const { table } = this.#options;
    return (
      tableScript(table, guarded) + this.#elements([...this.#wanted.values()].map(({ prefix }) => prefix))
    );
  }

  #changeScript(): string {
    const prefixes: Prefix[] = [];
    for (const [target, prefix] of this.#changed) {
      if (prefixes.length === CHANGES_MAX) break;
      prefixes.push(prefix);
      this.#changed.delete(target);
    }
    return this.#elements(prefixes);
  }

  #elements(prefixes: readonly Prefix[]): string {
    const { table, clock } = this.#options;
    const nowMs = clock.wallMs();
    const bySet = Map.groupBy(prefixes, setName);
    let script = '';
    for (const [set, members] of bySet) {
      const isNew = !this.#sets.has(set);
      if (isNew) script += setScript(table, set, members[0]!);
      this.#sets.add(set);
      const bans = members.map((prefix): KernelBan => {
        const wanted = this.#wanted.get(formatPrefix(prefix));
        return { prefix, remainingMs: wanted === undefined ? 0 : wanted.expiresAtMs - nowMs };
      });
      script += elementsScript(table, set, bans, isNew);
    }
    return script;
  }

  #fields(fault: NftFault | null = null): Record<string, string | number> {
    const { table } = this.#options;
    return fault === null ? { table, bans: this.#wanted.size } : { table, reason: fault.message };
  }
}
