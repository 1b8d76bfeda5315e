import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { it } from 'node:test';
import { createSystemClock } from '../../core/clock.ts';
import { LinePrefix } from './line-prefix.ts';
import type { Part, PartName } from './part.ts';
import { PartProcess } from './part-process.ts';
import { Supervisor } from './supervisor.ts';

/** A part that is ready once it listens, and what it does when it is told to end. */
const SERVE = (port: number, onTerm = 'process.exit(0)'): string => `
  const server = require('node:http').createServer((request, response) => response.end('ok'));
  process.on('SIGTERM', () => { ${onTerm} });
  server.listen(${port}, '127.0.0.1', () => console.log('pid ' + process.pid));
`;

const POLICY = { firstDelayMs: 1, delayMsMax: 1, windowMs: 600_000, restartsMax: 2 };

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Everything said and printed, with a way to wait for a line. */
class Transcript {
  readonly lines: string[] = [];
  readonly #waiting: { pattern: RegExp; count: number; resolve: (line: string) => void }[] = [];

  readonly write = (line: string): void => {
    this.lines.push(line.trimEnd());
    for (const { pattern, count, resolve } of this.#waiting) {
      const matches = this.lines.filter((each) => pattern.test(each));
      if (matches.length >= count) resolve(matches[count - 1] ?? '');
    }
  };

  /** Resolves with the line that is the `count`th match. */
  next(pattern: RegExp, count = 1): Promise<string> {
    const { promise, resolve } = Promise.withResolvers<string>();
    this.#waiting.push({ pattern, count, resolve });
    const matches = this.lines.filter((each) => pattern.test(each));
    if (matches.length >= count) resolve(matches[count - 1] ?? '');
    return promise;
  }
}

interface Scene {
  readonly supervisor: Supervisor;
  readonly transcript: Transcript;
}

interface ScenePart {
  readonly name: PartName;
  readonly port: number;
  readonly code: string;
}

function stage(
  parts: readonly ScenePart[],
  options: { stopTimeoutMs?: number; readyTimeoutMs?: number } = {},
): Scene {
  const transcript = new Transcript();
  const codes = new Map(parts.map(({ name, code }) => [name, code]));
  const supervisor = new Supervisor({
    parts: parts.map(
      ({ name, port }): Part => ({
        name,
        args: [],
        environment: {},
        addresses: [],
        ready: { kind: 'http', url: `http://127.0.0.1:${port}/` },
        stopTimeoutMs: options.stopTimeoutMs ?? 10_000,
      }),
    ),
    launch: ({ name }) =>
      new PartProcess(
        { path: process.execPath, args: ['-e', codes.get(name) ?? ''], environment: {} },
        new LinePrefix(`${name} `, transcript.write),
      ),
    say: transcript.write,
    clock: createSystemClock(),
    policy: POLICY,
    readyTimeoutMs: options.readyTimeoutMs ?? 20_000,
  });
  return { supervisor, transcript };
}

const pidOf = (line: string): number => Number(line.split(' ').at(-1));

it('starts the parts in order and stops them in reverse', async () => {
  const [first, second] = [await freePort(), await freePort()];
  const { supervisor, transcript } = stage([
    { name: 'orchestrator', port: first, code: SERVE(first) },
    { name: 'node', port: second, code: SERVE(second) },
  ]);
  assert.deepEqual(await supervisor.start(), { ok: true, value: null });
  await supervisor.stop();
  assert.equal(await supervisor.ended, 'stopped');
  assert.deepEqual(
    transcript.lines.map((line) => line.replace(/\d+/, 'N')),
    ['orchestrator pid N', 'node pid N', 'node stopped', 'orchestrator stopped'],
  );
});

it('says how a part ended that fails at its start', async () => {
  const { supervisor } = stage([{ name: 'node', port: await freePort(), code: 'process.exit(2)' }]);
  assert.deepEqual(await supervisor.start(), {
    ok: false,
    fault: 'node ended at its start with exit code 2',
  });
  await supervisor.stop();
});

it('gives up on a part that is never ready', async () => {
  const port = await freePort();
  const { supervisor } = stage([{ name: 'node', port: await freePort(), code: SERVE(port) }], {
    readyTimeoutMs: 300,
  });
  assert.deepEqual(await supervisor.start(), { ok: false, fault: 'node was not ready after 0.3 seconds' });
  await supervisor.stop();
});

it('starts a part again that dies, and ends when it dies too often', async () => {
  const port = await freePort();
  const { supervisor, transcript } = stage([{ name: 'node', port, code: SERVE(port) }]);
  await supervisor.start();
  for (let life = 1; life <= 3; life += 1) {
    process.kill(pidOf(await transcript.next(/^node pid/, life)), 'SIGKILL');
  }
  assert.equal(await supervisor.ended, 'gave-up');
  assert.equal(transcript.lines.filter((line) => line.includes('starting it again')).length, 2);
  await supervisor.stop();
});

it('leaves a part down that ended as asked, and ends with the last one', async () => {
  const port = await freePort();
  const { supervisor, transcript } = stage([{ name: 'node', port, code: SERVE(port) }]);
  await supervisor.start();
  process.kill(pidOf(await transcript.next(/^node pid/)), 'SIGTERM');
  assert.equal(await supervisor.ended, 'all-ended');
  assert.equal(transcript.lines.at(-1), 'node ended as asked');
});

it('ends a part by force that does not end in time', async () => {
  const port = await freePort();
  const { supervisor, transcript } = stage([{ name: 'node', port, code: SERVE(port, '/* stay */') }], {
    stopTimeoutMs: 200,
  });
  await supervisor.start();
  const pid = pidOf(await transcript.next(/^node pid/));
  await supervisor.stop();
  assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' });
});

it('can be stopped while a part is starting', async () => {
  const { supervisor } = stage([
    { name: 'node', port: await freePort(), code: 'setInterval(() => {}, 1000)' },
  ]);
  const started = supervisor.start();
  await supervisor.stop();
  assert.deepEqual(await started, { ok: false, fault: 'stopped' });
});
