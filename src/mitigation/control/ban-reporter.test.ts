import assert from 'node:assert/strict';
import { it } from 'node:test';
import { ManualClock } from '../../core/clock.ts';
import { fail, ok } from '../../core/result.ts';
import { createHastyTimers } from '../../core/testing/hasty-timers.ts';
import type { BanReport } from '../../messages/ban-report.ts';
import type { StoredBan } from '../bans/ban-store.ts';
import { BanReporter } from './ban-reporter.ts';
import type { OrchestratorTransport } from './orchestrator-transport.ts';

const TARGET = '192.0.2.1';

/** Notes what is reported, and answers from the second report on. */
class Orchestrator implements OrchestratorTransport {
  readonly reports: BanReport[] = [];
  readonly #answered = Promise.withResolvers<void>();

  get answered(): Promise<void> {
    return this.#answered.promise;
  }

  call(call: Parameters<OrchestratorTransport['call']>[0]): ReturnType<OrchestratorTransport['call']> {
    this.reports.push(call.body as BanReport);
    if (this.reports.length === 1) return Promise.resolve(fail('away'));
    this.#answered.resolve();
    return Promise.resolve(ok({ status: 200, json: { taken: 1 }, retryAfterMs: 0 }));
  }

  readLines(): Promise<string> {
    return Promise.resolve('not used');
  }

  close(): void {
    this.reports.length = 0;
  }
}

function banOf(clock: ManualClock, seconds: number): StoredBan {
  const bannedAtMs = clock.wallMs();
  const times = { bannedAtMs, expiresAtMs: bannedAtMs + seconds * 1000, repeats: 0 };
  return { target: TARGET, reason: 'test', source: 'management', ...times };
}

it('does not forget that a target was lifted when it is banned anew before anybody has heard of that', async () => {
  const clock = new ManualClock();
  const transport = new Orchestrator();
  const timers = createHastyTimers();
  const reporter = new BanReporter({ transport, timers, clock, random: () => 0 });
  reporter.lifted(TARGET);
  reporter.banned(banOf(clock, 14));
  reporter.start('node');
  await transport.answered;
  for (const { lifted, bans } of transport.reports) {
    assert.deepEqual(lifted, [TARGET]);
    assert.deepEqual(
      bans.map(({ target, duration_seconds: seconds }) => [target, seconds]),
      [[TARGET, 14]],
    );
  }
  assert.equal(transport.reports.length, 2);
});
