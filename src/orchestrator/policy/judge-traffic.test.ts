import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { judgeTraffic, type TrafficView } from './judge-traffic.ts';
import { NO_TRAFFIC, type TrafficSum } from './traffic-sum.ts';

const LIMITS = { block_share_rise_max: 0.05, error_share_rise_max: 0.02, latency_factor_max: 2 };

function sumOf(requests: number, change: Partial<TrafficSum> = {}): TrafficSum {
  return { ...NO_TRAFFIC, requests, ...change };
}

function judge(view: Partial<TrafficView>): string | null {
  const quiet = { before: NO_TRAFFIC, since: NO_TRAFFIC, othersBefore: NO_TRAFFIC, othersSince: NO_TRAFFIC };
  return judgeTraffic({ ...quiet, ...view }, LIMITS);
}

describe('the judgement of a step', () => {
  it('holds a share against that of the same nodes before', () => {
    const before = sumOf(1000, { blocks: 100 });
    assert.equal(judge({ before, since: sumOf(1000, { blocks: 140 }) }), null);
    assert.equal(
      judge({ before, since: sumOf(1000, { blocks: 200 }) }),
      'the share of blocked requests is 20.0 %, where 10.0 % was to be expected, 5.0 % more is allowed',
    );
    assert.match(judge({ before, since: sumOf(1000, { errors: 60 }) }) ?? '', /5xx/);
  });

  it('expects what the others have risen by meanwhile', () => {
    const view = {
      before: sumOf(1000, { blocks: 10 }),
      since: sumOf(1000, { blocks: 600 }),
      othersBefore: sumOf(5000, { blocks: 50 }),
    };
    assert.equal(judge({ ...view, othersSince: sumOf(5000, { blocks: 3000 }) }), null);
    assert.notEqual(judge({ ...view, othersSince: sumOf(5000, { blocks: 50 }) }), null);
  });

  it('sees what the firewall blocks behind the bans that all nodes share', () => {
    const before = sumOf(1000);
    const since = sumOf(1000, { blocks: 900, firewallBlocks: 100 });
    const others = { othersBefore: sumOf(1000), othersSince: sumOf(1000, { blocks: 900 }) };
    assert.match(
      judge({ before, since, ...others }) ?? '',
      /^the share of requests that the firewall blocks is 10/,
    );
  });

  it('does not hold it against a step that things got better elsewhere', () => {
    const half = sumOf(1000, { blocks: 500 });
    const othersSince = sumOf(5000);
    assert.equal(judge({ before: half, since: half, othersBefore: half, othersSince }), null);
  });

  it('goes by the others where nothing is known from before, and by nothing where there are none', () => {
    const since = sumOf(1000, { blocks: 500 });
    assert.equal(judge({ since }), null);
    assert.equal(judge({ since, othersSince: sumOf(1000, { blocks: 490 }) }), null);
    assert.notEqual(judge({ since, othersSince: sumOf(1000, { blocks: 10 }) }), null);
  });

  it('says nothing on few requests, nor on what chance can do', () => {
    const before = sumOf(1000, { blocks: 10 });
    assert.equal(judge({ before, since: sumOf(20, { blocks: 20 }) }), null);
    assert.equal(judge({ before, since: sumOf(60, { blocks: 5 }) }), null);
    assert.notEqual(judge({ before, since: sumOf(60, { blocks: 30 }) }), null);
  });

  it('counts refusals before any request as well', () => {
    const before = sumOf(1000);
    assert.match(judge({ before, since: sumOf(0, { blocks: 100 }) }) ?? '', /is 100\.0 %/);
  });

  it('holds times against those before as a factor, and lets milliseconds pass', () => {
    const timed = (count: number, medianMs: number, tailMs = medianMs): TrafficSum =>
      sumOf(count, { timed: count, medianMs: count * medianMs, tailMs: count * tailMs });
    assert.equal(judge({ before: timed(100, 20), since: timed(100, 40) }), null);
    assert.match(
      judge({ before: timed(100, 20), since: timed(100, 50) }) ?? '',
      /^the median time to answer/,
    );
    assert.equal(judge({ before: timed(100, 0.1), since: timed(100, 4) }), null);
    assert.equal(judge({ before: timed(100, 20, 50), since: timed(100, 20, 900) }), null);
    assert.match(
      judge({ before: timed(2000, 20, 50), since: timed(2000, 20, 900) }) ?? '',
      /^the time of the slowest in a hundred answers is 900\.0 ms, where 50\.0 ms/,
    );
    const slowEverywhere = { othersBefore: timed(100, 10), othersSince: timed(100, 40) };
    assert.equal(judge({ before: timed(100, 20), since: timed(100, 100), ...slowEverywhere }), null);
  });
});
