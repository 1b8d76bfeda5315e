import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createTestRecord, createTestTraffic } from './telemetry-fixtures.ts';
import { TrafficWindow } from './traffic-window.ts';

const NOTHING = { requestsPerSecond: 0, latencyMs: { p50: 0, p99: 0 } };

describe('the window of traffic', () => {
  it('has nothing to tell without requests', () => {
    const { layout, sums } = createTestTraffic();
    assert.deepEqual(new TrafficWindow(layout, 1000).read(sums(), 31_000), NOTHING);
  });

  it('tells of what happened since it was read last, not of what was before', () => {
    const { layout, meter, sums } = createTestTraffic();
    const window = new TrafficWindow(layout, 0);
    for (let count = 0; count < 1000; count += 1) meter.requestEnded(createTestRecord({ durationMs: 2000 }));
    assert.equal(window.read(sums(), 10_000).requestsPerSecond, 100);
    for (let count = 0; count < 50; count += 1) meter.requestEnded(createTestRecord({ durationMs: 10 }));
    const { requestsPerSecond, latencyMs } = window.read(sums(), 30_000);
    assert.equal(requestsPerSecond, 2.5);
    assert.ok(Math.abs(latencyMs.p50 - 10) < 2, String(latencyMs.p50));
    assert.ok(Math.abs(latencyMs.p99 - 10) < 2, String(latencyMs.p99));
    assert.deepEqual(window.read(sums(), 60_000), NOTHING);
  });

  it('tells the same again where it is asked twice within a second, and loses nothing by it', () => {
    const { layout, meter, sums } = createTestTraffic();
    const window = new TrafficWindow(layout, 0);
    for (let count = 0; count < 20; count += 1) meter.requestEnded(createTestRecord({ durationMs: 10 }));
    const first = window.read(sums(), 10_000);
    assert.equal(first.requestsPerSecond, 2);
    for (let count = 0; count < 30; count += 1) meter.requestEnded(createTestRecord({ durationMs: 10 }));
    assert.deepEqual(window.read(sums(), 10_999), first);
    assert.equal(window.read(sums(), 20_000).requestsPerSecond, 3);
  });
});
