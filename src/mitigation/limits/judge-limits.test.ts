import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { configSchema } from '../../config/schema.ts';
import { createFleetSlotsMemory } from '../../core/fleet-slots.ts';
import { createLimitCountsMemory } from '../../core/limit-counts.ts';
import { createLimitTableMemory } from '../../core/limit-groups.ts';
import { testClient } from '../../core/testing/client.ts';
import { acceptRequest, getWith } from '../../http/testing/read.ts';
import { compileLimits } from './compile-limits.ts';
import { judgeLimits, type LimitedRequest } from './judge-limits.ts';
import { LimitReadings } from './limit-readings.ts';
import { Limiter } from './limiter.ts';
import { TARPIT_MAX, Tarpit } from './tarpit.ts';

const START_MS = 1_000_000;

function request(client: number, nowMs = START_MS): LimitedRequest {
  const words = testClient(client);
  return {
    head: acceptRequest(getWith()),
    client: { address: '', words, key: words, exempt: false },
    connection: { ja4: '' },
    startMs: nowMs,
    limited: null,
  };
}

/** Limits of the node and of a site, with what applies them. */
function createScene(general: readonly object[], ofSite: readonly object[] = []) {
  const origins = [{ url: 'http://127.0.0.1:1' }];
  const config = configSchema.parse({ limits: general, sites: [{ name: 'shop', origins, limits: ofSite }] });
  const counts = createLimitCountsMemory();
  const seed = { low: 1, high: 2 };
  const limiter = new Limiter(createLimitTableMemory(1024, seed), counts, createFleetSlotsMemory(seed));
  const policies = compileLimits(config.limits, '');
  const sitePolicies = compileLimits(config.sites[0]!.limits, 'shop');
  return {
    judge: (asked: LimitedRequest) => judgeLimits(asked, policies, sitePolicies, limiter, null),
    readings: () => new LimitReadings(counts).read(config),
  };
}

describe('limits in order', () => {
  const one = { name: 'one', rate: 0.001, burst: 3 };
  const two = { name: 'two', rate: 0.001, burst: 1 };

  it('let pass what all have room for', () => {
    const { judge, readings } = createScene([]);
    assert.equal(judge(request(1)), null);
    assert.deepEqual(readings(), []);
  });

  it('refuse with 429 and the time to wait, and name the limit', () => {
    const { judge } = createScene([one]);
    for (let turn = 0; turn < 3; turn++) assert.equal(judge(request(1)), null);
    const asked = request(1);
    const verdict = judge(asked);
    assert.deepEqual(verdict, {
      kind: 'refuse',
      reason: 'limit',
      status: null,
      location: null,
      retryAfterSeconds: 1000,
      delayMs: 0,
    });
    assert.equal(asked.limited?.name, 'one');
    assert.equal(judge(request(2)), null);
  });

  it('charge those before the one that refuses, and not those behind it', () => {
    const first = createScene([two, one]);
    for (let turn = 0; turn < 10; turn++) first.judge(request(1));
    const second = createScene([one, two]);
    const refusals = Array.from({ length: 5 }, () => {
      const asked = request(1);
      second.judge(asked);
      return asked.limited?.name ?? 'none';
    });
    assert.deepEqual(refusals, ['none', 'two', 'two', 'one', 'one']);
    assert.deepEqual(first.readings(), [{ limit: 'two', site: '', refused: 9, observed: 0 }]);
  });

  it('apply to all first and to the site behind', () => {
    const { judge, readings } = createScene([one], [two]);
    for (let turn = 0; turn < 5; turn++) judge(request(1));
    assert.deepEqual(readings(), [
      { limit: 'one', site: '', refused: 2, observed: 0 },
      { limit: 'two', site: 'shop', refused: 2, observed: 0 },
    ]);
  });

  it('only note what they observe', () => {
    const { judge, readings } = createScene([{ ...two, mode: 'observe' }, one]);
    const seen = Array.from({ length: 4 }, () => {
      const asked = request(1);
      return [judge(asked)?.kind ?? 'pass', asked.limited?.name ?? ''];
    });
    assert.deepEqual(seen, [
      ['pass', ''],
      ['pass', 'two'],
      ['pass', 'two'],
      ['refuse', 'one'],
    ]);
    assert.deepEqual(readings(), [
      { limit: 'two', site: '', refused: 0, observed: 3 },
      { limit: 'one', site: '', refused: 1, observed: 0 },
    ]);
  });

  it('drop and hold back as they are told', () => {
    const dropping = createScene([{ ...two, action: 'drop' }]);
    dropping.judge(request(1));
    assert.deepEqual(dropping.judge(request(1)), { kind: 'drop', reason: 'limit' });
    const holding = createScene([{ ...two, action: 'tarpit', delay_ms: 700 }]);
    holding.judge(request(1));
    const verdict = holding.judge(request(1));
    assert.ok(verdict?.kind === 'refuse' && verdict.delayMs === 700);
  });
});

describe('a tarpit', () => {
  it('holds no more than its number back', () => {
    const tarpit = new Tarpit();
    for (let turn = 0; turn < TARPIT_MAX; turn++) assert.ok(tarpit.enter());
    assert.ok(!tarpit.enter());
    tarpit.leave();
    assert.ok(tarpit.enter());
    assert.equal(tarpit.waiting, TARPIT_MAX);
  });
});
