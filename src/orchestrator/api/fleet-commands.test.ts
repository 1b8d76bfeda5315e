import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { CommandOutcome } from '../../messages/entries/commands.ts';
import type { CommandPage, CommandTaken, ShownCommand } from '../../messages/fleet-command.ts';
import type { ModeAnswer } from '../../messages/mode-request.ts';
import type { StandingOrder } from '../../messages/order.ts';
import type { TerminateAnswer } from '../../messages/terminate-answer.ts';
import { ChannelReading } from '../testing/channel-reading.ts';
import { beatOf, OrchestratorStand } from '../testing/orchestrator-stand.ts';

const STRANGER = '60000000-0000-4000-8000-000000000001';

describe('commands to nodes', () => {
  let stand: OrchestratorStand;
  beforeEach(async () => {
    stand = await OrchestratorStand.open();
  });
  afterEach(() => stand.close());

  /** A node that stands so in the fleet and has given a sign of life. */
  async function join(place: Readonly<Record<string, unknown>> = {}): Promise<string> {
    const id = await stand.register({
      config: { node_type: 'mitigation', region: null, tags: [], ...place },
    });
    await stand.call('/nodes/heartbeat', { body: beatOf(id) });
    return id;
  }

  const follow = (id: string): Promise<ChannelReading> =>
    ChannelReading.open(`${stand.url}/api/v1/nodes/${id}/channel`);

  /** What the node is told when it opens its channel now. */
  async function standing(id: string): Promise<readonly StandingOrder[]> {
    const reading = await follow(id);
    const { orders } = await reading.nextOf('standing');
    reading.close();
    return orders.filter((order) => order !== null);
  }

  const commandsTo = async (id: string): Promise<readonly string[]> =>
    (await standing(id)).flatMap((order) => (order.kind === 'command' ? [order.id] : []));

  async function issue(body: Readonly<Record<string, unknown>>): Promise<CommandTaken> {
    const { status, json } = await stand.call<CommandTaken>('/commands', { body });
    assert.equal(status, 202, JSON.stringify(json));
    return json;
  }

  const show = async (id: string, query = ''): Promise<ShownCommand> =>
    (await stand.call<ShownCommand>(`/commands/${id}${query}`)).json;

  async function report(node: string, id: string, outcome: CommandOutcome, detail = ''): Promise<number> {
    const { json } = await stand.call<{ taken: number }>(`/nodes/${node}/results`, {
      body: { results: [{ id, outcome, detail }] },
    });
    return json.taken;
  }

  it('reach the nodes that are meant, by name, group, region and label', async () => {
    const [one, two, three] = [
      await join({ group: 'edge', region: 'eu', tags: ['new'] }),
      await join({ group: 'edge', region: 'us' }),
      await join({ group: 'core', region: 'us', tags: ['new'] }),
    ];
    const cases: readonly (readonly [string, readonly string[]])[] = [
      ['all', [one, two, three]],
      [`node:${two.toUpperCase()}`, [two]],
      ['group:edge', [one, two]],
      ['region:us', [two, three]],
      ['label:new', [one, three]],
    ];
    for (const [selector, meant] of cases) {
      const { id, nodes } = await issue({ command: 'reload', selector });
      assert.deepEqual(nodes, meant, selector);
      for (const node of [one, two, three]) {
        assert.equal((await commandsTo(node)).includes(id), meant.includes(node), selector);
      }
    }
  });

  it('need somebody whom they are for, and words that exist', async () => {
    await join();
    for (const [body, code] of [
      [{ command: 'reload', selector: 'group:nobody' }, 'no_node_matches'],
      [{ command: 'reload', selector: `node:${STRANGER}` }, 'no_node_matches'],
      [{ command: 'dance', selector: 'all' }, 'invalid_body'],
      [{ command: 'reload', selector: 'everybody' }, 'invalid_body'],
      [{ command: 'reload', selector: 'all', deadline_seconds: 86_401 }, 'invalid_body'],
    ] as const) {
      const { status, json } = await stand.call('/commands', { body });
      assert.deepEqual([status, json.code], [422, code]);
    }
    assert.equal((await stand.call('/commands/nothing')).json.code, 'unknown_command');
    assert.equal(
      (await stand.call(`/nodes/${STRANGER}/drain`, { method: 'POST' })).json.code,
      'unknown_node',
    );
    assert.equal((await stand.call(`/nodes/${STRANGER}/results`, { body: { results: [] } })).status, 404);
  });

  it('show on each node what became of them, the first word of a node for good', async () => {
    const [one, two] = [await join(), await join()];
    const { id } = await issue({ command: 'reload', selector: 'all', reason: 'a try' });
    assert.deepEqual((await show(id)).summary, { waiting: 2, done: 0, failed: 0, refused: 0, expired: 0 });
    assert.equal(await report(two, id, 'failed', 'line 3: no such key'), 1);
    assert.equal(await report(two, id, 'done'), 0);
    assert.equal(await report(one, 'unheard-of', 'done'), 0);
    assert.deepEqual(await commandsTo(two), []);
    assert.equal(await report(one, id, 'done', 'ready'), 1);
    const shown = await show(id);
    assert.deepEqual(shown.nodes, [
      { node_id: one, outcome: 'done', detail: 'ready' },
      { node_id: two, outcome: 'failed', detail: 'line 3: no such key' },
    ]);
    assert.deepEqual(shown.summary, { waiting: 0, done: 1, failed: 1, refused: 0, expired: 0 });
    assert.deepEqual([shown.finished, shown.parameters.reason], [true, 'a try']);
    assert.deepEqual(shown.by, { kind: 'local', id: 'local' });
  });

  it('can be waited for', async () => {
    const node = await join();
    const { id } = await issue({ command: 'reload', selector: 'all' });
    const waiting = show(id, '?wait=30');
    await report(node, id, 'done');
    assert.equal((await waiting).finished, true);
    assert.equal((await show(id, '?wait=30')).finished, true);
    assert.equal((await stand.call(`/commands/${id}?wait=61`)).status, 400);
  });

  it('expire on nodes that do not answer, and are not told to them any more', async () => {
    const node = await join();
    const { id } = await issue({ command: 'reload', selector: 'all', deadline_seconds: 1 });
    const shown = await show(id, '?wait=30');
    assert.equal(shown.nodes[0]?.outcome, 'expired');
    assert.deepEqual(await commandsTo(node), []);
    assert.equal(await report(node, id, 'done'), 0);
  });

  it('are listed page by page, the newest first', async () => {
    await join();
    const ids: string[] = [];
    for (let nth = 0; nth < 3; nth++) ids.unshift((await issue({ command: 'reload', selector: 'all' })).id);
    const first = (await stand.call<CommandPage>('/commands?limit=2')).json;
    assert.deepEqual(
      first.commands.map(({ id }) => id),
      ids.slice(0, 2),
    );
    const second = (await stand.call<CommandPage>(`/commands?limit=2&cursor=${first.next}`)).json;
    assert.deepEqual(
      second.commands.map(({ id }) => id),
      ids.slice(2),
    );
    assert.equal(second.next, null);
  });

  it('outlive the orchestrator', async () => {
    const [one, two] = [await join(), await join()];
    const { id } = await issue({ command: 'drain', selector: 'all' });
    await report(one, id, 'done');
    await stand.stop();
    await stand.start();
    assert.deepEqual((await show(id)).summary, { waiting: 1, done: 1, failed: 0, refused: 0, expired: 0 });
    assert.deepEqual(await commandsTo(two), [id]);
    assert.equal((await stand.node(one)).status, 'Draining');
  });

  it('to drain change what is published at once, and no heartbeat undoes that', async () => {
    const node = await join();
    assert.equal((await stand.node(node)).status, 'Active');
    const drained = await stand.call(`/nodes/${node}/drain`, { body: { reason: 'maintenance' } });
    assert.equal(drained.status, 202);
    assert.equal((await stand.node(node)).status, 'Draining');
    const beat = await stand.call<{ intent: string; cursor: number }>('/nodes/heartbeat', {
      body: beatOf(node),
    });
    assert.deepEqual([beat.json.intent, beat.json.cursor], ['drain', 1]);
    assert.equal((await stand.node(node)).status, 'Draining');
    assert.equal((await stand.call(`/nodes/${node}/resume`, { method: 'POST' })).status, 202);
    assert.equal((await stand.node(node)).status, 'Active');
  });

  it('to end are one with the order to end, and done when the node is gone', async () => {
    const node = await join();
    const body = { reason: 'fleet', grace_period_seconds: 7 };
    const first = await stand.call<TerminateAnswer>(`/nodes/${node}/terminate`, { body });
    const { command_id: id } = first.json;
    const again = await stand.call<TerminateAnswer>(`/nodes/${node}/terminate`, { method: 'POST' });
    assert.deepEqual([first.status, again.json.command_id], [200, id]);
    assert.deepEqual(await commandsTo(node), [id]);
    const shown = await show(id);
    assert.deepEqual([shown.command, shown.selector], ['terminate', `node:${node}`]);
    assert.deepEqual(shown.parameters, { reason: 'fleet', grace_seconds: 7 });
    const last = beatOf(node, { status: 'Terminating', final: true });
    await stand.call('/nodes/heartbeat', { body: last });
    const ended = await show(id, '?wait=30');
    assert.equal(ended.nodes[0]?.outcome, 'done');
    assert.equal((await stand.call(`/nodes/${node}`)).status, 404);
  });

  it('to end reach the registry from a selector too', async () => {
    const node = await join({ group: 'old' });
    const { id } = await issue({ command: 'terminate', selector: 'group:old', grace_seconds: 3 });
    assert.equal((await stand.node(node)).status, 'Terminating');
    const beat = await stand.call<{ commands: readonly { command_id: string }[] }>('/nodes/heartbeat', {
      body: beatOf(node),
    });
    assert.equal(beat.json.commands[0]?.command_id, id);
  });

  it('are counted', async () => {
    const node = await join();
    const { id } = await issue({ command: 'reload', selector: 'all' });
    await report(node, id, 'done');
    const page = await (await fetch(stand.metricsUrl)).text();
    assert.match(page, /^secbeat_commands_issued_total 1$/m);
    assert.match(page, /^secbeat_command_results_total 1$/m);
  });

  describe('and modes', () => {
    const setMode = (body: Readonly<Record<string, unknown>>) =>
      stand.call<ModeAnswer>('/mode', { method: 'PUT', body });
    const modeOf = async (id: string): Promise<string | undefined> =>
      (await standing(id)).find((order) => order.kind === 'mode')?.mode;

    it('hold for whom they are set, the latest word for each node', async () => {
      const [edge, core] = [await join({ group: 'edge' }), await join({ group: 'core' })];
      assert.deepEqual((await stand.call<ModeAnswer>('/mode')).json, {
        modes: [],
        nodes: { normal: 2, under_attack: 0 },
      });
      const set = await setMode({ selector: 'group:edge', mode: 'under_attack' });
      assert.equal(set.status, 200);
      assert.deepEqual(set.json.nodes, { normal: 1, under_attack: 1 });
      assert.deepEqual([await modeOf(edge), await modeOf(core)], ['under_attack', 'normal']);
      assert.deepEqual((await setMode({ mode: 'normal' })).json.nodes, { normal: 2, under_attack: 0 });
      assert.equal((await setMode({ mode: 'asleep' })).status, 422);
    });

    it('are told to open channels', async () => {
      const node = await join();
      const reading = await follow(node);
      await reading.nextOf('standing');
      await setMode({ mode: 'under_attack' });
      const { order } = await reading.nextOf('entry');
      assert.deepEqual(order, { kind: 'mode', mode: 'under_attack' });
      reading.close();
    });
  });

  it('are refused while too many are not finished', async () => {
    await join();
    for (let nth = 0; nth < 500; nth += 50) {
      await Promise.all(Array.from({ length: 50 }, () => issue({ command: 'reload', selector: 'all' })));
    }
    const refused = await stand.call('/commands', { body: { command: 'reload', selector: 'all' } });
    assert.deepEqual([refused.status, refused.json.code], [503, 'too_many_commands']);
    const { commands } = (await stand.call<CommandPage>('/commands?limit=1000')).json;
    assert.equal(commands.length, 500);
  });
});
