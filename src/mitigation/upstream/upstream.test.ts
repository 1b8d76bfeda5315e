import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { GroupBench } from './testing/group-bench.ts';
import { CONNECTIONS_MAX } from './testing/policies.ts';
import { ScriptedOrigin } from './testing/scripted-origin.ts';
import type { UpstreamPolicy } from './upstream-policy.ts';

describe('a group of origins', () => {
  let origins: readonly ScriptedOrigin[];
  before(async () => {
    origins = await Promise.all([ScriptedOrigin.start(), ScriptedOrigin.start()]);
  });
  after(() => {
    for (const origin of origins) origin.close();
  });

  function createBench(changes: Partial<UpstreamPolicy> = {}): GroupBench {
    return new GroupBench(
      origins.map(({ port }) => port),
      changes,
    );
  }

  it('gives a connection to whoever waits where the exchange that it was made for is gone', async () => {
    const bench = createBench();
    const all = Array.from({ length: 2 * CONNECTIONS_MAX }, () => bench.ask('silence', 3));
    const late = bench.ask('answer', 3);
    all[0]!.end();
    assert.ok(await bench.until(() => late.over), 'nobody gave it one');
    bench.endAll();
  });

  it('counts a request once, however often it is sent', () => {
    const bench = createBench({ retry: { attemptsMax: 9, budgetPercent: 50, budgetPerSecondMin: 0 } });
    const first = bench.ask('silence', 1);
    bench.ask('silence', 1);
    assert.equal(bench.upstream.mayRetry(), true);
    bench.upstream.acquireAgain(first, first);
    bench.upstream.acquireAgain(first, first);
    assert.equal(bench.upstream.mayRetry(), false);
    bench.endAll();
  });

  it('lets requests to origins again that a breaker has shut out, where there is no breaker any more', () => {
    const breaker = { connectFailures: 1, openMs: 60_000 };
    const bench = createBench({ breaker, whenNoneHealthy: 'refuse' });
    bench.ask('answer', 3);
    bench.ask('answer', 3);
    bench.pass(201);
    assert.equal(bench.ask('answer', 3).over, true);
    bench.reload(0, { breaker: null });
    assert.equal(bench.ask('answer', 3).over, false);
    bench.endAll();
  });
});
