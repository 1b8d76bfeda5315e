/** A node that exists only in memory, so that the management API can be tested at its seam. */
import { fail, ok, type Result } from '../../core/result.ts';
import type { DrainCause } from '../drain-keeper.ts';
import type { BanRequest, BanView, NodeControl, NodeStatus, ReloadReport } from '../node-control.ts';
import { TEST_STATUS } from '../telemetry/telemetry-fixtures.ts';

export class NodeControlDouble implements NodeControl {
  nodeStatus: NodeStatus = TEST_STATUS;
  /** What `reload` answers; a promise keeps the caller waiting. */
  reloadAnswer: Result<ReloadReport, readonly string[]> | Promise<Result<ReloadReport, readonly string[]>> =
    ok({ applied: [], needsRestart: [] });
  readonly terminations: { readonly reason: string; readonly graceSeconds: number | null }[] = [];
  readonly drainedBy = new Set<DrainCause>();
  resumeAnswer: Result<void, string> = ok(undefined);
  readonly #bans = new Map<string, BanView>();

  status(): NodeStatus {
    return this.nodeStatus;
  }

  bans(): readonly BanView[] {
    return [...this.#bans.values()];
  }

  addBan(request: BanRequest): Result<BanView, string> {
    if (!/^[0-9a-f.:/]+$/.test(request.target)) return fail(`"${request.target}" is not an address`);
    const bannedAtMs = Date.UTC(2026, 0, 1);
    const ban: BanView = {
      target: request.target,
      reason: request.reason,
      source: request.source,
      bannedAt: new Date(bannedAtMs).toISOString(),
      expiresAt: new Date(bannedAtMs + request.durationSeconds * 1000).toISOString(),
      repeats: 0,
    };
    this.#bans.set(ban.target, ban);
    return ok(ban);
  }

  liftBan(target: string): Result<boolean, string> {
    if (!/^[0-9a-f.:/]+$/.test(target)) return fail(`"${target}" is not an address`);
    return ok(this.#bans.delete(target));
  }

  liftHere(target: string): Result<boolean, string> {
    return this.liftBan(target);
  }

  reload(): Promise<Result<ReloadReport, readonly string[]>> {
    return Promise.resolve(this.reloadAnswer);
  }

  drain(cause: DrainCause, graceSeconds: number | null): Promise<Result<number, string>> {
    this.drainedBy.add(cause);
    return Promise.resolve(ok(graceSeconds ?? 60));
  }

  resume(causes: readonly DrainCause[]): Promise<Result<void, string>> {
    for (const cause of causes) this.drainedBy.delete(cause);
    return Promise.resolve(this.resumeAnswer);
  }

  isDrainedBy(cause: DrainCause): boolean {
    return this.drainedBy.has(cause);
  }

  terminate(reason: string, graceSeconds: number | null): number {
    this.terminations.push({ reason, graceSeconds });
    return Math.min(graceSeconds ?? 60, 60);
  }
}
