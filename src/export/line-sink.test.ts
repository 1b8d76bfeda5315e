import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rename, rm, symlink, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createFileSink } from './line-sink.ts';

const noFault = (fault: Error): void => assert.fail(fault);

describe('line sink', () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'secbeat-sink-'));
  });
  after(() => rm(folder, { recursive: true }));

  it('appends in order and keeps what the file held', async () => {
    const path = join(folder, 'append.log');
    for (const part of ['a', 'b']) {
      const sink = createFileSink(path, { onFault: noFault });
      for (let index = 0; index < 50; index += 1) sink.write(`${part}${index}\n`);
      await sink.flush();
    }
    const lines = (await readFile(path, 'utf8')).trimEnd().split('\n');
    assert.equal(lines.length, 100);
    assert.deepEqual([lines[0], lines[49], lines[50], lines[99]], ['a0', 'a49', 'b0', 'b49']);
  });

  it('writes to the new file after a rotation and loses nothing', async () => {
    const path = join(folder, 'rotate.log');
    const sink = createFileSink(path, { onFault: noFault });
    sink.write('before\n');
    await sink.flush();
    await rename(path, `${path}.1`);
    sink.write('still the old file\n');
    await sink.flush();
    sink.reopen();
    sink.write('after\n');
    await sink.flush();
    assert.equal(await readFile(`${path}.1`, 'utf8'), 'before\nstill the old file\n');
    assert.equal(await readFile(path, 'utf8'), 'after\n');
  });

  it('keeps lines while the disk is full and writes them when there is room again', async () => {
    const path = join(folder, 'full.log');
    await symlink('/dev/full', path);
    const faults: string[] = [];
    const sink = createFileSink(path, { onFault: (fault) => faults.push(fault.message), retryMs: 3_600_000 });
    sink.write('one\n');
    await sink.flush();
    sink.write('two\n');
    await sink.flush();
    assert.equal(faults.length, 1);
    assert.match(faults[0] ?? '', /ENOSPC/);
    await unlink(path);
    sink.reopen();
    await sink.flush();
    assert.equal(await readFile(path, 'utf8'), 'one\ntwo\n');
    assert.equal(sink.droppedLines(), 0);
  });

  it('goes on with the old file when the new one cannot be opened', async () => {
    const path = join(folder, 'stuck.log');
    const faults: string[] = [];
    const sink = createFileSink(path, { onFault: (fault) => faults.push(fault.message) });
    sink.write('one\n');
    await sink.flush();
    await rename(path, `${path}.1`);
    await symlink(join(folder, 'missing', 'file'), path);
    sink.reopen();
    sink.write('two\n');
    await sink.flush();
    assert.equal(await readFile(`${path}.1`, 'utf8'), 'one\ntwo\n');
    assert.equal(faults.length, 1);
  });

  it('drops and counts what does not fit into the queue', async () => {
    const path = join(folder, 'missing', 'file.log');
    const sink = createFileSink(path, { onFault: () => undefined, retryMs: 3_600_000, queueLengthMax: 10 });
    sink.write('12345\n');
    sink.write('a\nb\nc\n');
    sink.write('d\ne\n');
    await sink.flush();
    assert.equal(sink.droppedLines(), 3);
  });

  /** Writes a program that has `sink` on its standard output, and returns its path. */
  async function writeProgram(name: string, body: string): Promise<string> {
    const path = join(folder, name);
    const module = JSON.stringify(new URL('./line-sink.ts', import.meta.url).href);
    await writeFile(
      path,
      `import { createStdoutSink } from ${module};
       const faulted = Promise.withResolvers();
       const onFault = (fault) => {
         console.error('fault', fault.code);
         faulted.resolve();
       };
       const sink = createStdoutSink({ onFault, flushWaitMs: 100 });
       ${body}`,
    );
    return path;
  }

  it('lets a process live on whose standard output is closed', async () => {
    const path = await writeProgram(
      'closed-pipe.mts',
      `process.stdin.once('data', async () => {
         for (const text of ['nobody reads this\\n', 'nor this\\n']) {
           sink.write(text);
           await sink.flush();
         }
         await faulted.promise;
         console.error('alive');
         process.exit(7);
       });
       console.error('ready');`,
    );
    const child = spawn(process.execPath, [path], { stdio: ['pipe', 'pipe', 'pipe'] });
    let errors = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors += text;
      if (!text.includes('ready')) return;
      child.stdout.once('close', () => child.stdin.write('go\n'));
      child.stdout.destroy();
    });
    const [exitCode] = await once(child, 'exit');
    assert.equal(exitCode, 7, errors);
    assert.match(errors, /fault EPIPE/);
    assert.match(errors, /alive/);
  });

  it('lets a process end whose standard output nobody reads', { timeout: 20_000 }, async () => {
    const path = await writeProgram(
      'stalled-pipe.mts',
      `sink.write(('x'.repeat(999) + '\\n').repeat(1000));
       await sink.flush();
       console.error('flushed');
       process.exit(0);`,
    );
    const command = '{ "$0" "$1"; echo "ended $?" >&2; } | sleep 60 2> /dev/null';
    const shell = spawn('sh', ['-c', command, process.execPath, path], {
      stdio: ['ignore', 'ignore', 'pipe'],
      detached: true,
    });
    let errors = '';
    for await (const text of shell.stderr.setEncoding('utf8')) {
      errors += text;
      if (errors.includes('ended')) break;
    }
    process.kill(-shell.pid!, 'SIGKILL');
    assert.equal(errors, 'flushed\nended 0\n');
  });
});
