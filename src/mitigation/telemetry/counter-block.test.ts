import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CounterBlock, clearGauges, createTrafficMemory, sumRegions } from './counter-block.ts';
import { LATENCY_CELLS } from './latency-buckets.ts';
import { createTestTraffic, TEST_RULES } from './telemetry-fixtures.ts';
import { createTrafficLayout } from './traffic-layout.ts';

describe('counter block', () => {
  it('sums what all writers counted', () => {
    const { layout, memory, sums } = createTestTraffic();
    const first = new CounterBlock(layout, memory, 0);
    const second = new CounterBlock(layout, memory, 1);
    first.increment(0);
    second.increment(0);
    second.add(layout.cells - 1, 2.5);
    assert.equal(sums()[0], 2);
    assert.equal(sums()[layout.cells - 1], 2.5);
  });

  it('keeps the writers apart by at least a cache line', () => {
    const { layout, memory } = createTestTraffic();
    assert.equal((layout.regionCells * 8) % 128, 0);
    new CounterBlock(layout, memory, 0).increment(layout.cells - 1);
    assert.equal(
      new Float64Array(memory, layout.regionCells * 8).some((cell) => cell !== 0),
      false,
    );
  });

  it('goes on counting when a writer takes its region again', () => {
    const { layout, memory, sums } = createTestTraffic();
    new CounterBlock(layout, memory, 1).add(3, 40);
    new CounterBlock(layout, memory, 1).increment(3);
    assert.equal(sums()[3], 41);
  });

  it('observes into a cell and the sum, negative durations as zero', () => {
    const { layout, memory, sums } = createTestTraffic();
    const block = new CounterBlock(layout, memory, 0);
    const histogram = layout.spans.secbeat_request_duration_seconds.offset;
    block.observe(histogram, 1);
    block.observe(histogram, 0.25);
    block.observe(histogram, -5);
    const cells = sums().subarray(histogram, histogram + LATENCY_CELLS);
    assert.equal(
      cells.reduce((total, cell) => total + cell, 0),
      3,
    );
    assert.equal(cells[0], 1);
    assert.equal(sums()[histogram + LATENCY_CELLS], 1.25);
  });

  it('forgets the gauges of a writer that is gone, not its counters', () => {
    const { layout, memory, sums } = createTestTraffic();
    const active = layout.spans.secbeat_connections_active.offset;
    const total = layout.spans.secbeat_connections_total.offset;
    for (const writer of [0, 1]) {
      new CounterBlock(layout, memory, writer).add(active, 5);
      new CounterBlock(layout, memory, writer).add(total, 9);
    }
    clearGauges(layout, memory, 0);
    assert.deepEqual([sums()[active], sums()[total]], [5, 18]);
  });

  it('refuses a writer without a region and the memory of another layout', () => {
    const { layout, memory } = createTestTraffic();
    for (const writer of [-1, 2, 0.5]) {
      assert.throws(() => new CounterBlock(layout, memory, writer), RangeError);
    }
    const rules = Array.from({ length: 40 }, (_, index) => ({ id: `rule-${index}`, label: '' }));
    const other = createTrafficLayout([...TEST_RULES, ...rules]);
    assert.throws(() => sumRegions(layout, createTrafficMemory(other, 1)), RangeError);
  });
});
