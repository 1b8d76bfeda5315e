import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ManualClock } from '../../core/clock.ts';
import {
  BATCH_DELAY_MS,
  BATCH_RECORDS_MAX,
  QUEUED_RECORDS_MAX,
  RecordBatcher,
  type RecordBatcherSwitches,
  SECURITY_LINES_PER_SECOND_MAX,
} from './record-batcher.ts';
import { createTestRecord } from './telemetry-fixtures.ts';

interface Task {
  readonly run: () => void;
  readonly delayMs: number;
}

function createBench(switches: RecordBatcherSwitches) {
  const batches: string[] = [];
  const dropped: Record<string, number> = {};
  const tasks: Task[] = [];
  const clock = new ManualClock();
  const batcher = new RecordBatcher(
    {
      json: true,
      clock,
      send: (batch) => batches.push(batch),
      onDropped: (sink, count) => {
        dropped[sink] = (dropped[sink] ?? 0) + count;
      },
      schedule: (run, delayMs) => {
        const task = { run, delayMs };
        tasks.push(task);
        return () => tasks.splice(tasks.indexOf(task), 1);
      },
    },
    switches,
  );
  return { batcher, batches, dropped, tasks, clock, runTask: () => tasks.shift()?.run() };
}

const ACCESS = { accessLog: true, securityLog: true };
const QUIET = { accessLog: false, securityLog: true };
const blocked = createTestRecord({ status: 403, reason: 'waf', ruleIds: ['xss-script-tag'], originMs: null });

function countLines(batches: readonly string[]): number {
  return batches.join('').split('\n').length - 1;
}

describe('record batcher', () => {
  it('sends all records of the delay as one text', () => {
    const { batcher, batches, tasks, runTask } = createBench(ACCESS);
    for (let count = 0; count < 3; count += 1) batcher.add(createTestRecord({ requestId: `r-${count}` }));
    assert.deepEqual(
      tasks.map(({ delayMs }) => delayMs),
      [BATCH_DELAY_MS],
    );
    assert.equal(batches.length, 0);
    runTask();
    assert.equal(batches.length, 1);
    const ids = batches[0]!
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).request_id);
    assert.deepEqual(ids, ['r-0', 'r-1', 'r-2']);
    assert.deepEqual(tasks, []);
  });

  it('does not wait for the delay once a batch is full, and sends one batch a turn', () => {
    const { batcher, batches, tasks, runTask } = createBench(ACCESS);
    for (let count = 0; count < BATCH_RECORDS_MAX + 5; count += 1) batcher.add(createTestRecord());
    assert.deepEqual(
      tasks.map(({ delayMs }) => delayMs),
      [0],
    );
    assert.equal(batches.length, 0, 'nothing is formatted inside the pipeline');
    runTask();
    assert.equal(countLines(batches), BATCH_RECORDS_MAX);
    runTask();
    assert.equal(countLines(batches), BATCH_RECORDS_MAX + 5);
    assert.deepEqual(tasks, []);
  });

  it('drops and counts what the queue cannot hold', () => {
    const { batcher, batches, dropped } = createBench(ACCESS);
    for (let count = 0; count < QUEUED_RECORDS_MAX + 7; count += 1) batcher.add(createTestRecord());
    assert.deepEqual(dropped, { access_log: 7 });
    batcher.flush();
    assert.equal(countLines(batches), QUEUED_RECORDS_MAX);
  });

  it('writes blocked requests even when the access log is off, and no others', () => {
    const { batcher, batches } = createBench(QUIET);
    assert.equal(batcher.wants(createTestRecord()), false);
    assert.equal(batcher.wants(blocked), true);
    batcher.add(createTestRecord());
    batcher.add(blocked);
    batcher.flush();
    assert.equal(batches.length, 1);
    const { level, matched_rules: rules } = JSON.parse(batches[0]!);
    assert.deepEqual([level, rules], ['warn', ['xss-script-tag']]);
  });

  it('caps the lines about blocked requests in every second and counts the rest', () => {
    const { batcher, batches, dropped, clock } = createBench(QUIET);
    for (let count = 0; count < 150; count += 1) batcher.add(blocked);
    clock.advanceMs(999);
    batcher.add(blocked);
    clock.advanceMs(1);
    batcher.add(blocked);
    batcher.flush();
    assert.equal(countLines(batches), SECURITY_LINES_PER_SECOND_MAX + 1);
    assert.deepEqual(dropped, { security_log: 51 });
  });

  it('keeps the access line of a blocked request whose warning is over the cap', () => {
    const { batcher, batches } = createBench(ACCESS);
    for (let count = 0; count < SECURITY_LINES_PER_SECOND_MAX + 1; count += 1) batcher.add(blocked);
    batcher.flush();
    assert.equal(countLines(batches), 2 * SECURITY_LINES_PER_SECOND_MAX + 1);
  });

  it('follows its switches while it runs', () => {
    const { batcher, batches } = createBench(ACCESS);
    batcher.switchTo({ accessLog: false, securityLog: false });
    assert.equal(batcher.wants(blocked), false);
    batcher.add(blocked);
    batcher.switchTo(ACCESS);
    batcher.add(createTestRecord());
    batcher.flush();
    assert.equal(countLines(batches), 1);
  });

  it('flushes everything at the end and leaves no task behind', () => {
    const { batcher, batches, tasks } = createBench(ACCESS);
    for (let count = 0; count < 2 * BATCH_RECORDS_MAX + 1; count += 1) batcher.add(createTestRecord());
    batcher.flush();
    assert.equal(batches.length, 3);
    assert.deepEqual(tasks, []);
    batcher.add(createTestRecord());
    assert.equal(tasks.length, 1);
  });

  it('flushes by the real timer when none is passed', async () => {
    const { promise, resolve } = Promise.withResolvers<string>();
    const batcher = new RecordBatcher(
      { json: false, clock: new ManualClock(), send: resolve, onDropped: () => undefined },
      ACCESS,
    );
    for (let count = 0; count < BATCH_RECORDS_MAX; count += 1) batcher.add(createTestRecord());
    assert.equal(countLines([await promise]), BATCH_RECORDS_MAX);
  });
});
