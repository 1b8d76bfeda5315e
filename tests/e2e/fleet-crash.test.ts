/**
 * An orchestrator whose disk or life ends in the middle of a write: what it has acknowledged is there afterwards, and of
 * what it has not nothing is half there.
 *
 * `npm test` takes a few of the writes; SECBEAT_CRASH_POINTS=all takes each.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { countCalls, type DiskFault, faultyDisk, skipWithoutStrace } from '../support/faulty-disk.ts';
import { createFolder, removeFolder } from '../support/node-process.ts';
import { OrchestratorProcess } from '../support/orchestrator-process.ts';
import { until, within } from '../support/until.ts';

const MISSING = skipWithoutStrace();
const POINTS = process.env.SECBEAT_CRASH_POINTS === 'all' ? Number.POSITIVE_INFINITY : 4;

/** One call of the script, and the kinds of entries that it makes, all or none. */
interface Step {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly makes: readonly string[];
}

const block = (ip: string): Step => ({
  method: 'POST',
  path: '/rules/block_ip',
  body: { ip, reason: 'a try', ttl_seconds: 3600 },
  makes: ['ban_set'],
});

const SCRIPT: readonly Step[] = [
  block('192.0.2.1'),
  block('2001:db8::/48'),
  { method: 'PUT', path: '/mode', body: { mode: 'under_attack' }, makes: ['mode_set'] },
  {
    method: 'PUT',
    path: '/policies/scopes/fleet',
    body: { toml: '[ddos.rate_limiting]\nrequests_per_second = 50\n', note: 'a try' },
    makes: ['policy_accepted', 'rollout_started'],
  },
  { method: 'DELETE', path: '/rules/blocked_ips/192.0.2.1', makes: ['ban_lifted'] },
  block('192.0.2.2'),
];

interface Run {
  /** False where it could not even start. */
  readonly started: boolean;
  /** Steps that were acknowledged, in their order. */
  readonly acknowledged: readonly Step[];
  /** The one that was under way when it ended, if one was. */
  readonly open: Step | null;
  /** Answered, but not with success. */
  readonly refused: readonly Step[];
}

/** Calls step by step until the orchestrator is gone; refusals do not end it. */
async function play(orchestrator: OrchestratorProcess): Promise<Run> {
  const acknowledged: Step[] = [];
  const refused: Step[] = [];
  for (const step of SCRIPT) {
    const answer = await ask(orchestrator, step);
    if (answer === null) return { started: true, acknowledged, refused, open: step };
    (answer < 300 ? acknowledged : refused).push(step);
  }
  return { started: true, acknowledged, refused, open: null };
}

/** The status; null where there is nobody any more. */
function ask(orchestrator: OrchestratorProcess, { method, path, body }: Step): Promise<number | null> {
  return fetch(`${orchestrator.url}/api/v1${path}`, {
    method,
    ...(body === undefined
      ? {}
      : { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }),
  }).then(
    async (response) => {
      await response.text();
      return response.status;
    },
    () => null,
  );
}

/** Kinds of the entries that people have made, the oldest first. */
async function entries(orchestrator: OrchestratorProcess): Promise<readonly string[]> {
  const answer = (await orchestrator.call('GET', '/audit?limit=500')) as {
    readonly entries: readonly {
      readonly seq: number;
      readonly kind: string;
      readonly by: { readonly kind: string };
    }[];
  };
  return answer.entries
    .toSorted((a, b) => a.seq - b.seq)
    .filter(({ by }) => by.kind !== 'system')
    .map(({ kind }) => kind);
}

const NOT_STARTED: Run = { started: false, acknowledged: [], refused: [], open: null };

function assertWhole({ acknowledged, open }: Run, found: readonly string[]): void {
  const sure = acknowledged.flatMap(({ makes }) => makes);
  const withOpen = [...sure, ...(open?.makes ?? [])];
  assert.ok(
    [sure, withOpen].some((whole) => whole.join() === found.join()),
    `acknowledged ${sure.join(', ')}; open ${open?.makes.join(', ')}; found ${found.join(', ')}`,
  );
}

function spread(calls: number): readonly number[] {
  const step = Math.max(1, Math.ceil(calls / POINTS));
  return Array.from({ length: Math.ceil(calls / step) }, (_, nth) => 1 + nth * step);
}

describe('an orchestrator that ends in a write', { skip: MISSING, timeout: 600_000 }, () => {
  const calls = { pwrite64: 0, fsync: 0 };
  before(async () => {
    await inFolder(null, async (_, tracePath, orchestrator) => {
      await orchestrator.stop();
      calls.pwrite64 = countCalls(tracePath, 'pwrite64');
      calls.fsync = countCalls(tracePath, 'fsync');
    });
    assert.ok(calls.pwrite64 > SCRIPT.length && calls.fsync >= SCRIPT.length);
  });

  /** Runs the script on a disk with a fault, in a folder of its own. */
  async function inFolder(
    fault: DiskFault | null,
    look: (run: Run, tracePath: string, orchestrator: OrchestratorProcess) => Promise<void>,
  ): Promise<void> {
    const folder = createFolder();
    const orchestrator = await OrchestratorProcess.prepare(folder);
    const tracePath = join(folder, 'trace');
    const wrapper = faultyDisk(orchestrator.stateFolder, tracePath, fault);
    try {
      const started = await orchestrator.startAgain(wrapper).then(
        () => true,
        () => false,
      );
      const run = started ? await play(orchestrator) : NOT_STARTED;
      await look(run, tracePath, orchestrator);
    } finally {
      await orchestrator.stop();
      removeFolder(folder);
    }
  }

  it('by a signal has all that it acknowledged, and nothing by half', async () => {
    for (const from of spread(calls.pwrite64)) {
      const fault: DiskFault = { call: 'pwrite64', what: 'SIGKILL', from, to: from };
      await inFolder(fault, async (run, _, orchestrator) => {
        if (run.open !== null) await within('end of the orchestrator', orchestrator.ended);
        else await orchestrator.stop();
        await orchestrator.startAgain();
        assertWhole(run, await entries(orchestrator));
      });
    }
  });

  for (const [call, what] of [
    ['pwrite64', 'ENOSPC'],
    ['fsync', 'EIO'],
  ] as const) {
    it(`refuses what it cannot keep while ${call} fails with ${what}, and goes on afterwards`, async () => {
      for (const from of spread(calls[call]).slice(1)) {
        await inFolder({ call, what, from, to: from + 1 }, async (run, _, orchestrator) => {
          assert.equal(run.open, null, 'it does not end');
          if (!run.started) await orchestrator.startAgain();
          const kept = run.acknowledged.flatMap(({ makes }) => makes);
          assert.deepEqual(await entries(orchestrator), kept);
          await until(
            'a write that works',
            () => ask(orchestrator, block('192.0.2.99')),
            (status) => status === 200,
          );
          await orchestrator.stop();
          await orchestrator.startAgain();
          assert.deepEqual(await entries(orchestrator), [...kept, 'ban_set']);
        });
      }
    });
  }
});
