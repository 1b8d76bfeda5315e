import assert from 'node:assert/strict';
import { mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { ManualClock } from '../core/clock.ts';
import type { LineSink } from '../export/line-sink.ts';
import { createLogger, type LogWriter } from './log-writer.ts';

class MemorySink implements LineSink {
  text = '';
  reopened = 0;

  write(text: string): void {
    this.text += text;
  }

  flush(): Promise<void> {
    return Promise.resolve();
  }

  reopen(): void {
    this.reopened += 1;
  }

  droppedLines(): number {
    return 3;
  }
}

function createBench(json: boolean): { readonly sink: MemorySink; readonly logger: LogWriter } {
  const sink = new MemorySink();
  const clock = new ManualClock(0, Date.UTC(2026, 0, 2, 3, 4, 5, 6));
  const logger = createLogger({ level: 'info', json, filePath: null, component: 'node', sink, clock });
  return { sink, logger };
}

describe('readable log', () => {
  it('has the message and its fields next to each other, so that it can be searched', () => {
    const { sink, logger } = createBench(false);
    const control = logger.child({ component: 'control', link: 'http' });
    control.info('Successfully registered with orchestrator', { node_id: 'abc' });
    control.info('Node status changed', { old_status: 'Starting', new_status: 'Active' });
    logger.warn('Without fields');
    assert.equal(
      sink.text,
      '2026-01-02T03:04:05.006Z INFO: Successfully registered with orchestrator node_id=abc link=http component=control\n' +
        '2026-01-02T03:04:05.006Z INFO: Node status changed old_status=Starting new_status=Active link=http component=control\n' +
        '2026-01-02T03:04:05.006Z WARN: Without fields component=node\n',
    );
  });
});

describe('JSON log', () => {
  it('has the envelope and the fields', () => {
    const { sink, logger } = createBench(true);
    logger
      .child({ component: 'control' })
      .error('Beat failed', { missed_count: 2, matched_rules: ['a', 'b'] });
    assert.deepEqual(JSON.parse(sink.text), {
      timestamp: '2026-01-02T03:04:05.006Z',
      level: 'error',
      component: 'control',
      event: 'Beat failed',
      missed_count: 2,
      matched_rules: ['a', 'b'],
    });
    assert.ok(sink.text.endsWith('}\n'));
  });

  it('lets no field replace a part of the envelope', () => {
    const { sink, logger } = createBench(true);
    logger.info('Real', { event: 'forged', level: 'error', timestamp: '1970', msg: 'm', time: 1 });
    const parsed = JSON.parse(sink.text);
    assert.deepEqual(
      [parsed.event, parsed.level, parsed.event_, parsed.level_],
      ['Real', 'info', 'forged', 'error'],
    );
    for (const key of ['event', 'level', 'timestamp', 'component']) {
      assert.equal(sink.text.split(`"${key}":`).length, 2, key);
    }
  });
});

for (const json of [false, true]) {
  describe(json ? 'JSON log lines' : 'readable log lines', () => {
    it('are one line of ASCII each, whatever they are given', () => {
      const { sink, logger } = createBench(json);
      const hostile = 'a\r\nERROR: forged x=1 "\u2028\u202e\u0000\ud800%s%d';
      logger.info(hostile, { value: hostile, list: [hostile], long: 'x'.repeat(100_000) });
      assert.match(sink.text, /^[\x20-\x7e]+\n$/);
      assert.ok(sink.text.length < 3000);
    });

    it('are written from the set level on, which may change', () => {
      const { sink, logger } = createBench(json);
      const child = logger.child({ a: 1 });
      child.debug('hidden');
      logger.setLevel('debug');
      child.debug('shown');
      logger.setLevel('error');
      child.warn('hidden');
      assert.equal(sink.text.split('\n').length - 1, 1);
      assert.match(sink.text, /shown/);
    });

    it("prefer the line's own field to the context's", () => {
      const { sink, logger } = createBench(json);
      logger.child({ node_id: 'old', x: 1 }).child({ node_id: 'new' }).info('Line', { x: 2 });
      assert.doesNotMatch(sink.text, /old/);
      assert.match(sink.text, json ? /"x":2/ : / x=2 node_id=new/);
    });
  });
}

describe('log writer', () => {
  it('passes formatted lines, rotation and losses through', () => {
    const { sink, logger } = createBench(true);
    logger.writeLines('one\ntwo\n');
    logger.reopen();
    assert.deepEqual([sink.text, sink.reopened, logger.droppedLines()], ['one\ntwo\n', 1, 3]);
  });

  it('appends to its file and opens it anew on demand', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'secbeat-log-'));
    const filePath = join(folder, 'node.log');
    const logger = createLogger({ level: 'info', json: false, filePath });
    logger.info('before');
    await logger.flush();
    await rename(filePath, `${filePath}.1`);
    logger.reopen();
    logger.info('after');
    await logger.flush();
    assert.match(await readFile(`${filePath}.1`, 'utf8'), /^\S+ INFO: before\n$/);
    assert.match(await readFile(filePath, 'utf8'), /^\S+ INFO: after\n$/);
    await rm(folder, { recursive: true });
  });
});
