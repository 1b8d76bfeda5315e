/**
 * Where bans for the whole fleet are decided: from people and from nodes, made canonical, held against what is in force,
 * and put into the ledger only where they change something.
 */
import { parseBanTarget, sharingFault } from '../../core/ban-target.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { SHARED_BANS_MAX, type SharedBan } from '../../fleet/shared-bans.ts';
import type { BanReport } from '../../messages/ban-report.ts';
import type { BanSet } from '../../messages/entries/bans.ts';
import type { Author, EntryBody } from '../../messages/ledger-entry.ts';
import type { FleetHub } from '../channel/fleet-hub.ts';
import { type DeskFault, toDeskFault } from '../desk-fault.ts';

type BanFault = DeskFault<
  'unreadable_target' | 'too_wide_target' | 'too_many_bans' | 'store_unavailable' | 'not_banned'
>;

export interface BanWish {
  /** An address or prefix in any form, or `ja4:` or `as:` with what is behind it. */
  readonly target: string;
  readonly reason: string;
  readonly source: BanSet['source'];
  readonly confidence: number;
  readonly durationSeconds: number;
}

type BanDecision = Extract<EntryBody, { kind: 'ban_set' | 'ban_lifted' }>;

/** What nodes find out leaves room for what people decide, whatever a node reports. */
const REPORTED_BANS_MAX = SHARED_BANS_MAX - 10_000;

/** A ban that ends so much later than the one in force is worth a decision; clocks and retries differ by less. */
const LATER_MS = 1000;

export class SharedBanDesk {
  readonly #hub: FleetHub;

  constructor(hub: FleetHub) {
    this.#hub = hub;
  }

  /** Bans a target everywhere; resolves with the number of the decision once it is durable. */
  async ban(wish: BanWish, by: Author): Promise<Result<number, BanFault>> {
    const target = targetToBan(wish.target);
    if (!target.ok) return target;
    if (!this.#hub.state.bans.hasRoomFor(target.value, this.#hub.wallMs())) {
      return fail({
        code: 'too_many_bans',
        detail: 'The fleet has as many bans as it can have; lift some first.',
      });
    }
    return await this.#decide([this.#entryOf({ ...wish, target: target.value })], by);
  }

  /** Lifts the ban on a target everywhere. */
  async lift(text: string, by: Author): Promise<Result<number, BanFault>> {
    const target = canonicalTarget(text);
    if (!target.ok) return fail({ code: 'unreadable_target', detail: target.fault });
    if (!this.#stands(target.value))
      return fail({ code: 'not_banned', detail: `${target.value} is not banned` });
    return await this.#decide([{ kind: 'ban_lifted', target: target.value }], by);
  }

  /**
   * What a node has found out; resolves with how much of it was news. The same report twice is none, and a target that the
   * fleet may not ban is left to the node.
   */
  async report({ bans, lifted }: BanReport, by: Author): Promise<Result<number, BanFault>> {
    let room = this.#hub.state.bans.roomFor(bans.length, this.#hub.wallMs(), REPORTED_BANS_MAX);
    const canonical = lifted.map(canonicalTarget).flatMap((target) => (target.ok ? [target.value] : []));
    const ended = new Set(canonical.filter((target) => this.#stands(target)));
    const bodies: BanDecision[] = [...ended].map((target) => ({ kind: 'ban_lifted', target }));
    for (const { target: text, duration_seconds: durationSeconds, manual, ...rest } of bans) {
      const target = targetToBan(text);
      if (!target.ok) continue;
      const source = manual ? ('manual' as const) : ('automatic' as const);
      const body = this.#entryOf({ ...rest, target: target.value, source, durationSeconds });
      const before = ended.has(body.target) ? undefined : this.#hub.state.bans.get(body.target);
      if (before !== undefined && body.expires_at_ms <= before.expires_at_ms + LATER_MS) continue;
      if (before === undefined && room <= 0) continue;
      if (before === undefined) room -= 1;
      bodies.push(body);
    }
    if (bodies.length === 0) return ok(0);
    const decided = await this.#decide(bodies, by);
    return decided.ok ? ok(bodies.length) : decided;
  }

  /** Bans in force, in the order in which targets were first banned. */
  list(): readonly SharedBan[] {
    const nowMs = this.#hub.wallMs();
    return [...this.#hub.state.bans.all()].filter(({ expires_at_ms: expiresAtMs }) => expiresAtMs > nowMs);
  }

  #stands(target: string): boolean {
    return (this.#hub.state.bans.get(target)?.expires_at_ms ?? 0) > this.#hub.wallMs();
  }

  #entryOf({ target, reason, source, confidence, durationSeconds }: BanWish): BanSet {
    const expiresAtMs = Math.round(this.#hub.wallMs() + durationSeconds * 1000);
    return { kind: 'ban_set', target, reason, source, confidence, expires_at_ms: expiresAtMs };
  }

  /** What stands on the target, for the audit. */
  #before(target: string): Record<string, unknown> | null {
    if (!this.#stands(target)) return null;
    const { reason, source, confidence, expires_at_ms } = this.#hub.state.bans.get(target)!;
    return { reason, source, confidence, expires_at_ms };
  }

  async #decide(bodies: readonly BanDecision[], by: Author): Promise<Result<number, BanFault>> {
    const decided = await this.#hub.decide(
      bodies.map((body) => ({ by, body, before: this.#before(body.target) })),
    );
    if (!decided.ok) return fail(toDeskFault<never>(decided.fault));
    return ok(decided.value.at(-1)?.seq ?? 0);
  }
}

/** In canonical form, where the fleet may ban it. */
function targetToBan(text: string): Result<string, BanFault> {
  const target = parseBanTarget(text);
  if (!target.ok) return fail({ code: 'unreadable_target', detail: target.fault });
  const fault = sharingFault(target.value);
  return fault === null ? ok(target.value.text) : fail({ code: 'too_wide_target', detail: fault });
}

function canonicalTarget(text: string): Result<string, string> {
  const target = parseBanTarget(text);
  return target.ok ? ok(target.value.text) : target;
}
