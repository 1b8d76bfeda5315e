import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { Decision } from '../../waf/decision.ts';
import { decisionWith } from '../../waf/testing/decisions.ts';
import { AppendLog } from './append-log.ts';
import { findDecision, formatDecision, openDecisionLog } from './decision-files.ts';

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'secbeat-decisions-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function decision(id: string): Decision {
  return decisionWith({ id });
}

function failing(message: string): void {
  assert.fail(message);
}

describe('decisions on disk', () => {
  it('are found by their id after the log has ended', async () => {
    const log = openDecisionLog(join(dir, 'state'), failing);
    for (const id of ['a-1', 'a-2', 'a-3']) log.append(formatDecision(decision(id)));
    await log.settled();
    assert.deepEqual(await findDecision(join(dir, 'state'), 'a-2'), decision('a-2'));
    assert.equal(await findDecision(join(dir, 'state'), 'a-'), null);
  });

  it('are found nowhere where nothing was written', async () => {
    assert.equal(await findDecision(join(dir, 'nowhere'), 'a-1'), null);
  });

  it('are not taken from a line that was cut', async () => {
    writeFileSync(join(dir, 'decisions.jsonl'), '{"id":"a-1","time":');
    assert.equal(await findDecision(dir, 'a-1'), null);
  });
});

describe('AppendLog', () => {
  it('keeps the files within their number and size', async () => {
    const log = new AppendLog({
      path: join(dir, 'log'),
      fileBytesMax: 100,
      filesKept: 2,
      pendingBytesMax: 1000,
      onFault: failing,
    });
    for (let line = 0; line < 20; line += 1) {
      log.append(`${String(line).padStart(59, '0')}\n`);
      await log.settled();
    }
    assert.deepEqual(readdirSync(dir).sort(), ['log', 'log.1', 'log.2']);
    assert.ok(statSync(join(dir, 'log')).size <= 100);
  });

  it('gives up what the disk cannot take, and says so once', async () => {
    writeFileSync(join(dir, 'file'), '');
    const faults: string[] = [];
    const log = new AppendLog({
      path: join(dir, 'file', 'log'),
      fileBytesMax: null,
      filesKept: 0,
      pendingBytesMax: 10,
      onFault: (message) => faults.push(message),
    });
    log.append('12345678\n');
    log.append('12345678\n');
    await log.settled();
    log.append('12345678\n');
    await log.settled();
    assert.equal(log.lost, 3);
    assert.equal(faults.length, 1);
  });

  it('is readable by its owner alone', async () => {
    const log = openDecisionLog(dir, failing);
    log.append('x\n');
    await log.settled();
    assert.equal(statSync(join(dir, 'decisions.jsonl')).mode & 0o777, 0o600);
  });
});
