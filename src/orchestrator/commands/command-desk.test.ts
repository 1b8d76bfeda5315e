import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { Author } from '../../messages/ledger-entry.ts';
import { FleetHub } from '../channel/fleet-hub.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { openSqliteLedger } from '../ledger/sqlite-ledger.ts';
import { makeBeat, SimulatedFleet } from '../testing/simulated-fleet.ts';
import { CommandDesk, type CommandWish, summaryOf } from './command-desk.ts';

const LOCAL: Author = { kind: 'local', id: 'local' };

describe('the desk for commands', () => {
  let folder: string;
  let sim: SimulatedFleet;
  let ledger: Ledger;
  let hub: FleetHub;
  let desk: CommandDesk;
  let ids: number;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'secbeat-commands-'));
    sim = new SimulatedFleet();
    ids = 0;
    const opened = openSqliteLedger({ path: join(folder, 'ledger.db'), clock: sim.clock });
    assert.ok(opened.ok);
    ledger = opened.value;
    const loaded = await FleetHub.load(ledger, sim.clock);
    assert.ok(loaded.ok);
    hub = loaded.value;
    desk = openDesk();
  });
  afterEach(async () => {
    hub.close();
    await ledger.close();
    rmSync(folder, { recursive: true });
  });

  function openDesk(): CommandDesk {
    const { registry, counters } = sim;
    const logger = { debug: quiet, info: quiet, warn: quiet, error: quiet, child: () => logger };
    return new CommandDesk({ hub, registry, counters, logger, newId: () => `command ${++ids}` });
  }
  const quiet = (): void => undefined;

  async function issue(change: Partial<CommandWish> = {}): Promise<string> {
    const wish: CommandWish = {
      ...{ command: 'drain', selector: 'all', deadlineSeconds: 60 },
      parameters: { reason: 'a try', grace_seconds: null },
      ...change,
    };
    const issued = await desk.issue(wish, LOCAL);
    assert.ok(issued.ok, JSON.stringify(issued));
    return issued.value.id;
  }

  it('means nodes that are there now, dead ones only by name', async () => {
    const alive = sim.register();
    const dead = sim.register();
    sim.clock.advanceMs(1000);
    for (let beats = 0; beats < 20; beats++) {
      sim.registry.heartbeat(makeBeat(alive));
      sim.passMs(30_000);
    }
    assert.equal(sim.status(dead), 'Dead');
    assert.deepEqual(hub.state.commands.get(await issue())?.nodes, [alive]);
    assert.deepEqual(hub.state.commands.get(await issue({ selector: `node:${dead}` }))?.nodes, [dead]);
  });

  it('puts into the audit who was to do what before', async () => {
    const [one] = [sim.register(), sim.register()];
    await issue({ selector: `node:${one}` });
    await issue();
    const entries = await ledger.read(0, 10);
    assert.ok(entries.ok);
    assert.deepEqual(
      entries.value.map(({ before }) => before),
      [{ intents: { run: 1 } }, { intents: { drain: 1, run: 1 } }],
    );
    assert.deepEqual(entries.value[0]?.by, LOCAL);
  });

  it('makes good what was lost between ledger and registry, by the last word', async () => {
    const [one, two] = [sim.register(), sim.register()];
    await issue();
    await issue({ command: 'undrain', selector: `node:${two}` });
    sim.registry.intend([one], 'run');
    sim.registry.intend([two], 'drain');
    await desk.settle();
    assert.deepEqual([sim.registry.intentOf(one), sim.registry.intentOf(two)], ['drain', 'run']);
  });

  it('orders a node to end whose order did not get from the ledger to the registry', async () => {
    const node = sim.register();
    const parameters = { reason: 'old', grace_seconds: 5 };
    const command = { kind: 'command_issued', id: 'lost', command: 'terminate', parameters } as const;
    const body = { ...command, selector: 'all', nodes: [node], deadline_ms: hub.wallMs() + 1000 };
    await hub.decide([{ by: LOCAL, body }]);
    await desk.settle();
    const control = sim.registry.control(node);
    assert.equal(control.ok && control.value.commands[0]?.command_id, 'lost');
  });

  it('holds an order to end for done once another process has taken the place of the old one', async () => {
    const gone = sim.register();
    sim.clock.advanceMs(1000);
    const wish = { command: 'terminate', selector: 'all' } as const;
    const id = await issue(wish);
    sim.registry.heartbeat(makeBeat(gone, { status: 'Terminating', final: true, epoch: 1 }));
    sim.clock.advanceMs(1000);
    sim.register({ node_id: gone, epoch: 2 });
    await desk.settle();
    assert.equal(sim.registry.intentOf(gone), 'run');
    const settled = hub.state.commands.get(id);
    assert.equal(settled?.results[0]?.outcome, 'done');
    assert.deepEqual(settled === undefined ? null : summaryOf(settled).waiting, 0);
  });

  it('notes who has not answered in time, once', async () => {
    const node = sim.register();
    const id = await issue({ command: 'reload', deadlineSeconds: 10 });
    sim.clock.advanceMs(14_000);
    await desk.settle();
    assert.ok(hub.state.commands.awaits(id, node), 'an answer may be on its way');
    sim.clock.advanceMs(2000);
    await desk.settle();
    await desk.settle();
    assert.deepEqual(
      hub.state.commands.get(id)?.results.map(({ outcome }) => outcome),
      ['expired'],
    );
    const taken = await desk.report(node, [{ id, outcome: 'done', detail: '' }]);
    assert.deepEqual(taken, { ok: true, value: 0 });
  });

  it('takes the same result once, also within one report', async () => {
    const node = sim.register();
    const id = await issue();
    const result = { id, outcome: 'done', detail: '' } as const;
    assert.deepEqual(await desk.report(node, [result, { ...result, outcome: 'failed' }]), {
      ok: true,
      value: 1,
    });
    assert.deepEqual(await desk.report(node, [result]), { ok: true, value: 0 });
    assert.deepEqual(
      hub.state.commands.get(id)?.results.map(({ outcome }) => outcome),
      ['done'],
    );
  });

  it('leaves an order to end as it is, and makes no second command of it', async () => {
    const node = sim.register();
    const request = { reason: 'old', grace_period_seconds: 5 };
    const first = await desk.terminate(node, request, LOCAL);
    const second = await desk.terminate(node, { ...request, reason: 'other' }, LOCAL);
    assert.ok(first.ok && second.ok);
    assert.deepEqual(second.value, first.value);
    assert.equal(first.value.commandId, 'command 1');
    assert.equal(hub.state.commands.all().length, 1);
    assert.deepEqual(await desk.terminate('nobody', request, LOCAL), { ok: false, fault: 'unknown_node' });
  });

  it('asks no more nodes for diagnostics than can be remembered', async () => {
    const many = new SimulatedFleet({ nodesMax: 1000 });
    sim = many;
    desk = openDesk();
    for (let nth = 0; nth <= 500; nth++) many.register();
    const wish = { parameters: { reason: '', grace_seconds: null }, deadlineSeconds: 60, selector: 'all' };
    const refused = await desk.issue({ command: 'diagnose', ...wish }, LOCAL);
    assert.ok(!refused.ok && refused.fault.code === 'too_many_nodes');
    assert.ok((await desk.issue({ command: 'reload', ...wish }, LOCAL)).ok);
  });
});
