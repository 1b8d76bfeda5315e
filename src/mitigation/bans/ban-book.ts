/**
 * All bans of the node, as people and the disk know them; workers read the same bans from shared memory.
 *
 * A ban on one client (an IPv4 address, an IPv6 prefix of the configured length) lives in the ban table,
 * where workers enter automatic ones themselves. Bans on anything else (prefixes wider or narrower, JA4 fingerprints,
 * networks) are few and go to the workers as a list. The book keeps reasons and times for both, ends what has expired, and remembers
 * repeats for as long as they lengthen the next ban.
 */
import type { BanTable } from '../../core/ban-table.ts';
import { type BanTarget, parseBanTarget, sharingFault } from '../../core/ban-target.ts';
import type { Clock } from '../../core/clock.ts';
import {
  clientKeyInto,
  createAddressWords,
  formatPrefix,
  isIpv4,
  type Prefix,
  parsePrefix,
} from '../../core/ip.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import type { BanRequest, BanView } from '../node-control.ts';
import type { BanSource } from '../telemetry/traffic-labels.ts';
import type { BanStore, StoredBan } from './ban-store.ts';

/** What the workers have to be told. */
export interface BanAnnouncer {
  /** All that is banned besides single clients. */
  deny(targets: readonly string[]): void;
  closeClients(targets: readonly string[]): void;
  /** A ban is in force until a time, in milliseconds since 1970. */
  banSet(ban: { readonly target: string; readonly expiresAtMs: number }): void;
  banLifted(target: string): void;
}

/** A ban that the whole fleet shares. */
export interface FleetBan {
  /** In canonical form. */
  readonly target: string;
  readonly reason: string;
  /** Milliseconds since 1970 by the clock of this machine. */
  readonly expiresAtMs: number;
}

/** A ban that a worker has entered in the table. */
export interface AutomaticBan {
  readonly key: readonly number[];
  /** Monotonic time of the ban. */
  readonly bannedAtMs: number;
  readonly durationMs: number;
  readonly reason: string;
}

export interface BanBookOptions {
  readonly table: BanTable;
  readonly store: Pick<BanStore, 'all' | 'put' | 'remove'>;
  readonly clock: Clock;
  readonly announcer: BanAnnouncer;
}

/** Bans on more than single clients; each is a line in every worker's list. */
const WIDE_BANS_MAX = 10_000;
const KEY_BITS = 128;
/** The longest that anybody can ask for, and a little: whatever a clock somewhere says, no ban of the fleet is for ever. */
const SHARED_MS_MAX = 366 * 86_400_000;

export class BanBook {
  readonly #options: BanBookOptions;
  readonly #bans = new Map<string, StoredBan>();
  /** Targets of those that are on more than single clients. */
  readonly #wide = new Set<string>();
  /** Until when the fleet bans a target, also where this node bans it for longer; of targets in the book only. */
  readonly #sharedUntilMs = new Map<string, number>();
  #ipv6Prefix: number;
  #memoryMs: number;

  /** `memoryMs`: how long after its end a ban still counts as a repeat. */
  constructor(options: BanBookOptions, ipv6Prefix: number, memoryMs: number) {
    this.#options = options;
    this.#ipv6Prefix = ipv6Prefix;
    this.#memoryMs = memoryMs;
    for (const ban of options.store.all()) this.#restore(ban);
    this.#announce();
  }

  configure(ipv6Prefix: number, memoryMs: number): void {
    this.#memoryMs = memoryMs;
    if (ipv6Prefix === this.#ipv6Prefix) return;
    this.#ipv6Prefix = ipv6Prefix;
    for (const ban of this.#bans.values()) this.#sortAnew(ban);
    this.#announce();
  }

  /** Bans in force, the one that ends first in front. */
  list(): readonly BanView[] {
    const nowMs = this.#options.clock.wallMs();
    return [...this.#bans.values()]
      .filter((ban) => ban.expiresAtMs > nowMs)
      .sort((a, b) => a.expiresAtMs - b.expiresAtMs)
      .map(toView);
  }

  /** The same in no order, without making anything of them. */
  *inForce(): Generator<StoredBan> {
    const nowMs = this.#options.clock.wallMs();
    for (const ban of this.#bans.values()) if (ban.expiresAtMs > nowMs) yield ban;
  }

  get active(): number {
    let count = 0;
    for (const _ of this.inForce()) count++;
    return count;
  }

  /** A worker has banned a client; the table holds it already. */
  noteAutomatic({ key, bannedAtMs, durationMs, reason }: AutomaticBan): StoredBan {
    const { clock } = this.#options;
    const target = this.#targetOf(Int32Array.from(key));
    const nowMs = Math.round(clock.wallMs() - (clock.nowMs() - bannedAtMs));
    const repeats = (this.#bans.get(target)?.repeats ?? 0) + 1;
    const ban: StoredBan = {
      target,
      reason,
      source: 'automatic',
      bannedAtMs: nowMs,
      expiresAtMs: nowMs + Math.round(durationMs),
      repeats,
    };
    this.#keep(ban, false);
    this.#options.announcer.closeClients([target]);
    return ban;
  }

  /** Bans an address or prefix; of two bans on the same target the one that ends later stands. */
  add(request: BanRequest): Result<BanView, string> {
    const read = parseBanTarget(request.target);
    if (!read.ok) return read;
    const client = this.#clientOf(read.value);
    if (client === null && this.#wideBans().length >= WIDE_BANS_MAX) {
      return fail(`There are ${WIDE_BANS_MAX} bans on more than single clients already; lift some first`);
    }
    const target = read.value.text;
    const nowMs = this.#options.clock.wallMs();
    const before = this.#bans.get(target);
    const expiresAtMs = Math.max(nowMs + request.durationSeconds * 1000, before?.expiresAtMs ?? 0);
    const { reason, source } = request;
    // What the fleet bans for longer anyway stays its own, and is lifted with it.
    const isShared = before?.source === 'orchestrator' && before.expiresAtMs === expiresAtMs;
    if (source === 'command' && isShared) return ok(toView(before));
    const ban = { target, reason, source, bannedAtMs: nowMs, expiresAtMs, repeats: before?.repeats ?? 0 };
    if (client !== null && !this.#enter(client, ban))
      return fail('The table of bans is full; lift some first');
    this.#keep(ban, client === null);
    if (client === null) this.#announce();
    this.#options.announcer.closeClients([target]);
    return ok(toView(ban));
  }

  /**
   * The fleet has banned a target: the ban is in force here, and the fleet's from now on, also where this node had found
   * it first. The fleet's end counts, since it is never before that of any node's ban it knows of; it knows of none by
   * command, and of these two the one that ends later stands.
   */
  share(ban: FleetBan): Result<void, string> {
    const known = this.#bans.has(ban.target);
    const shared = this.#takeShared(ban);
    if (shared.ok && this.#wide.has(ban.target)) this.#announce();
    if (shared.ok && !known) this.#options.announcer.closeClients([ban.target]);
    return shared;
  }

  /** The fleet has lifted a ban. */
  unshare(target: string): void {
    const ban = this.#bans.get(target);
    if (ban !== undefined) this.#dropAll([ban]);
  }

  /**
   * All that the fleet bans: what it has lifted while nothing was heard of it is lifted here too. Returns what this node
   * alone has banned.
   */
  shareAll(bans: readonly FleetBan[]): readonly StoredBan[] {
    this.#sharedUntilMs.clear();
    const targets = new Set(bans.map(({ target }) => target));
    for (const ban of this.#bans.values()) {
      // The list of the rest is announced below, once.
      if (ban.source === 'orchestrator' && !targets.has(ban.target)) this.#drop(ban);
    }
    const fresh: string[] = [];
    for (const ban of bans) {
      const known = this.#bans.has(ban.target);
      if (this.#takeShared(ban).ok && !known) fresh.push(ban.target);
    }
    this.#announce();
    if (fresh.length > 0) this.#options.announcer.closeClients(fresh);
    return [...this.inForce()].filter(({ source }) => source === 'automatic' || source === 'management');
  }

  #takeShared({ target, reason, expiresAtMs }: FleetBan): Result<void, string> {
    const read = parseBanTarget(target);
    if (!read.ok) return read;
    const fault = sharingFault(read.value);
    if (fault !== null) return fail(fault);
    const nowMs = this.#options.clock.wallMs();
    const before = this.#bans.get(target);
    const endsAtMs = Math.min(expiresAtMs, nowMs + SHARED_MS_MAX);
    // The fleet has not heard of what a command bans on this node, and does not mean to end it.
    if (before?.source === 'command' && before.expiresAtMs >= endsAtMs) {
      this.#sharedUntilMs.set(target, endsAtMs);
      return ok(undefined);
    }
    const times = {
      bannedAtMs: before?.bannedAtMs ?? nowMs,
      expiresAtMs: endsAtMs,
      repeats: before?.repeats ?? 0,
    };
    const ban: StoredBan = { target, reason, source: 'orchestrator', ...times };
    const client = this.#clientOf(read.value);
    if (client !== null) {
      if (!this.#enter(client, ban)) return fail('The table of bans is full');
    } else if (before === undefined && this.#wide.size >= WIDE_BANS_MAX) {
      return fail(`There are ${WIDE_BANS_MAX} bans on more than single clients already`);
    }
    this.#keep(ban, client === null);
    this.#sharedUntilMs.set(target, endsAtMs);
    return ok(undefined);
  }

  find(target: string): StoredBan | undefined {
    return this.#bans.get(target);
  }

  /**
   * Lifts the ban on a target, or on the client that an address belongs to; forgets its repeats too. Returns the target
   * of the ban that was in force, or null.
   */
  lift(text: string): Result<string | null, string> {
    const found = this.#read(text);
    if (!found.ok) return found;
    const ban = found.value;
    if (ban === null) return ok(null);
    this.#dropAll([ban]);
    return ok(ban.expiresAtMs > this.#options.clock.wallMs() ? ban.target : null);
  }

  /** Whether the fleet bans a target, or the client that an address belongs to. */
  isShared(text: string): boolean {
    const found = this.#read(text);
    const untilMs = found.ok ? this.#sharedUntilMs.get(found.value?.target ?? '') : undefined;
    return untilMs !== undefined && untilMs > this.#options.clock.wallMs();
  }

  /** The ban on a target, or on the client that an address belongs to; null for none. */
  #read(text: string): Result<StoredBan | null, string> {
    const read = parseBanTarget(text);
    if (!read.ok) return read;
    const exact = read.value.text;
    const whole = read.value.kind === 'address' ? this.#clientTarget(read.value.prefix) : exact;
    return ok(this.#bans.get(exact) ?? this.#bans.get(whole) ?? null);
  }

  /** Ends what has expired and forgets what no longer counts; called every second. */
  sweep(): void {
    const nowMs = this.#options.clock.wallMs();
    const ended: StoredBan[] = [];
    for (const ban of this.#bans.values()) {
      const memoryMs = ban.repeats > 0 ? this.#memoryMs : 0;
      if (ban.expiresAtMs + memoryMs <= nowMs) ended.push(ban);
    }
    this.#dropAll(ended);
  }

  /** However many end at once, the list of the rest is announced once. */
  #dropAll(bans: readonly StoredBan[]): void {
    const wideBefore = this.#wide.size;
    for (const ban of bans) this.#drop(ban);
    if (this.#wide.size < wideBefore) this.#announce();
  }

  /** The caller announces the list of the rest. */
  #drop(ban: StoredBan): void {
    this.#bans.delete(ban.target);
    this.#sharedUntilMs.delete(ban.target);
    this.#options.store.remove(ban.target);
    this.#options.announcer.banLifted(ban.target);
    this.#wide.delete(ban.target);
    const prefix = parsePrefix(ban.target);
    if (prefix.ok && this.#isClient(prefix.value)) this.#options.table.lift(prefix.value.words);
  }

  #keep(ban: StoredBan, isWide: boolean): void {
    this.#bans.set(ban.target, ban);
    if (isWide) this.#wide.add(ban.target);
    this.#options.store.put(ban);
    this.#options.announcer.banSet(ban);
  }

  #restore(ban: StoredBan): void {
    const target = parseBanTarget(ban.target);
    const memoryMs = ban.repeats > 0 ? this.#memoryMs : 0;
    if (!target.ok || ban.expiresAtMs + memoryMs <= this.#options.clock.wallMs()) {
      this.#options.store.remove(ban.target);
      return;
    }
    const client = this.#clientOf(target.value);
    if (client === null) this.#wide.add(ban.target);
    else this.#enter(client, ban);
    this.#bans.set(ban.target, ban);
    if (ban.source === 'orchestrator') this.#sharedUntilMs.set(ban.target, ban.expiresAtMs);
  }

  /** Puts a ban on a single client into the shared table; false where that is full. */
  #enter(prefix: Prefix, ban: StoredBan): boolean {
    const { clock, table } = this.#options;
    const nowMs = clock.nowMs();
    return table.set(prefix.words, nowMs, nowMs + (ban.expiresAtMs - clock.wallMs()), ban.repeats);
  }

  /** Those in force on more than single clients. */
  #wideBans(): readonly string[] {
    const nowMs = this.#options.clock.wallMs();
    return [...this.#wide].filter((target) => (this.#bans.get(target)?.expiresAtMs ?? 0) > nowMs);
  }

  #announce(): void {
    this.#options.announcer.deny(this.#wideBans());
  }

  /** Clients have another length from now on: a ban may be on one of them that was on more, and the other way round. */
  #sortAnew(ban: StoredBan): void {
    const read = parseBanTarget(ban.target);
    const client = read.ok ? this.#clientOf(read.value) : null;
    if (client === null) this.#wide.add(ban.target);
    else if (this.#wide.delete(ban.target)) this.#enter(client, ban);
  }

  /** The single client that a target is; null for anything else. */
  #clientOf(target: BanTarget): Prefix | null {
    return target.kind === 'address' && this.#isClient(target.prefix) ? target.prefix : null;
  }

  #isClient(prefix: Prefix): boolean {
    return prefix.bits === (isIpv4(prefix.words) ? KEY_BITS : this.#ipv6Prefix);
  }

  #targetOf(words: Int32Array): string {
    return formatPrefix({ words, bits: isIpv4(words) ? KEY_BITS : this.#ipv6Prefix });
  }

  #clientTarget(prefix: Prefix): string {
    const key = createAddressWords();
    const address = formatPrefix({ words: prefix.words, bits: KEY_BITS });
    return clientKeyInto(address, this.#ipv6Prefix, key) ? this.#targetOf(key) : address;
  }
}

function toView(ban: StoredBan): BanView {
  return {
    target: ban.target,
    reason: ban.reason,
    source: ban.source satisfies BanSource,
    bannedAt: new Date(ban.bannedAtMs).toISOString(),
    expiresAt: new Date(ban.expiresAtMs).toISOString(),
    repeats: ban.repeats,
  };
}
