/** Commands of an orchestrator to real nodes: carried out, answered, and neither lost nor done twice. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import type { CommandTaken, ShownCommand } from '../../src/messages/fleet-command.ts';
import { holdRequest } from '../support/held-request.ts';
import { field, readResponse, responseText } from '../support/messages.ts';
import { createFolder, removeFolder } from '../support/node-process.ts';
import { OrchestratorProcess } from '../support/orchestrator-process.ts';
import { Stand } from '../support/stand.ts';
import { until } from '../support/until.ts';

describe('commands to a fleet of two nodes', { timeout: 180_000 }, () => {
  let folder: string;
  let orchestrator: OrchestratorProcess;
  let edge: Stand;
  let core: Stand;
  const ids = new Map<Stand, string>();

  async function openNode(place: Readonly<Record<string, string | readonly string[]>>): Promise<Stand> {
    const settings = { orchestrator: { enabled: true, server_url: orchestrator.url, ...place } };
    const stand = await Stand.open({ settings });
    const line = await stand.node.untilLine(/Successfully registered with orchestrator node_id=/);
    ids.set(stand, /node_id=(\S+)/.exec(line)![1]!);
    return stand;
  }

  before(async () => {
    folder = createFolder();
    orchestrator = await OrchestratorProcess.start(folder);
    edge = await openNode({ group: 'edge', region: 'eu', tags: ['old'] });
    core = await openNode({ group: 'core', region: 'eu', tags: ['new'] });
    for (const stand of [edge, core]) await untilStatus(stand, 'Active');
  });
  after(async () => {
    await edge.close();
    await core.close();
    await orchestrator.stop();
    removeFolder(folder);
  });

  const idOf = (stand: Stand): string => ids.get(stand)!;

  async function untilStatus(stand: Stand, status: string): Promise<void> {
    const read = () => orchestrator.call('GET', `/nodes/${idOf(stand)}`);
    await until(`node that is ${status}`, read, (node) => node.status === status && node.reported === status);
  }

  async function issue(command: string, selector: string, more = {}): Promise<CommandTaken> {
    return (await orchestrator.call('POST', '/commands', { command, selector, ...more })) as CommandTaken;
  }

  /** The command once all its nodes have answered. */
  async function outcome(id: string): Promise<ShownCommand> {
    const shown = (await orchestrator.call('GET', `/commands/${id}?wait=30`)) as ShownCommand;
    assert.ok(shown.finished, JSON.stringify(shown.summary));
    return shown;
  }

  async function run(command: string, selector: string, more = {}): Promise<ShownCommand['nodes']> {
    return (await outcome((await issue(command, selector, more)).id)).nodes;
  }

  it('ban somebody on the nodes that are named, and nowhere else', async () => {
    const from = '127.61.0.1';
    const [banned] = await run('ban', 'group:edge', { target: from, duration_seconds: 600 });
    assert.equal(banned?.outcome, 'done', banned?.detail ?? '');
    assert.deepEqual([await edge.serves({ from }), await core.serves({ from })], [false, true]);
    const listed = await orchestrator.call('GET', '/rules/blocked_ips');
    assert.deepEqual(listed.blocked_ips, []);
    const [lifted] = await run('unban', 'group:edge', { target: from });
    assert.equal(lifted?.outcome, 'done', lifted?.detail ?? '');
    assert.equal(await edge.serves({ from }), true);
    await assert.rejects(issue('ban', 'group:edge', { target: 'nobody' }), /unreadable_target/);
    await assert.rejects(issue('ban', 'group:edge'), /unreadable_target/);
  });

  it('drain a node, which finishes what it has, while the other serves, and bring it back', async () => {
    const { client, origin } = await holdRequest(edge);
    const [drained] = await run('drain', 'group:edge', { reason: 'maintenance' });
    assert.equal(drained?.outcome, 'done');
    await assert.rejects(edge.connect());
    assert.equal(await core.serves(), true);
    await untilStatus(edge, 'Draining');
    origin.write(responseText('done'));
    origin.end();
    const response = await readResponse(client);
    assert.equal(response.body.toString(), 'done');
    assert.equal(field(response, 'connection'), 'close');
    const port = edge.node.port;
    edge.origin.respond(async (_request, wire) => {
      wire.write(responseText('again'));
    });
    assert.equal((await run('undrain', `node:${idOf(edge)}`))[0]?.outcome, 'done');
    await untilStatus(edge, 'Active');
    assert.equal(await edge.serves(), true);
    assert.equal(edge.node.port, port);
  });

  it('are not undone at the node while the fleet wants it drained', async () => {
    await orchestrator.call('POST', `/nodes/${idOf(edge)}/drain`);
    await untilStatus(edge, 'Draining');
    const refused = await edge.node.manage('POST', '/control/resume');
    assert.deepEqual([refused.status, refused.body.code], [409, 'drained_by_fleet']);
    await orchestrator.call('POST', `/nodes/${idOf(edge)}/resume`);
    await untilStatus(edge, 'Active');
  });

  it('leave a node drained that was drained at itself, until they say otherwise', async () => {
    assert.equal((await core.node.manage('POST', '/control/drain')).status, 200);
    await untilStatus(core, 'Draining');
    assert.equal((await run('reload', 'group:core'))[0]?.outcome, 'done');
    assert.equal(await core.serves(), false);
    assert.equal((await run('undrain', 'group:core'))[0]?.outcome, 'done');
    assert.equal(await core.serves(), true);
    await untilStatus(core, 'Active');
  });

  it('hold for a node that starts again meanwhile', async () => {
    assert.equal((await run('drain', 'label:new'))[0]?.outcome, 'done');
    await core.restart('kill');
    await core.node.untilLine(/Taking no new connections/);
    await untilStatus(core, 'Draining');
    assert.equal(await core.serves(), false);
    assert.equal((await run('undrain', 'label:new'))[0]?.outcome, 'done');
    assert.equal(await core.serves(), true);
  });

  it('reload, and tell why a configuration is refused', async () => {
    const sound = readFileSync(edge.node.configPath, 'utf8');
    writeFileSync(edge.node.configPath, `${sound}\n[nonsense]\nkey = 1\n`);
    const nodes = await run('reload', 'region:eu');
    writeFileSync(edge.node.configPath, sound);
    const of = (stand: Stand) => nodes.find(({ node_id: id }) => id === idOf(stand));
    assert.equal(of(core)?.outcome, 'done');
    assert.equal(of(edge)?.outcome, 'failed');
    assert.match(of(edge)?.detail ?? '', /nonsense/);
    assert.equal(await edge.serves(), true);
  });

  it('collect diagnostics without secrets', async () => {
    const [told] = await run('diagnose', 'label:old');
    assert.equal(told?.outcome, 'done');
    const facts = JSON.parse(told?.detail ?? '') as Readonly<Record<string, Record<string, unknown>>>;
    assert.equal(facts.status?.nodeId, idOf(edge));
    assert.equal(facts.configuration?.['orchestrator.server_url'], orchestrator.url);
    assert.ok(facts.runtime !== undefined && facts.metrics !== undefined);
    assert.ok(!told?.detail.includes(edge.node.token));
  });

  it('expire for a node that is away, which leaves them when it is back', async () => {
    edge.node.signal('SIGSTOP');
    try {
      const { id } = await issue('reload', 'all', { deadline_seconds: 1 });
      const { nodes } = await outcome(id);
      assert.deepEqual(
        nodes.map(({ outcome: what }) => what),
        ids.get(edge) === nodes[0]?.node_id ? ['expired', 'done'] : ['done', 'expired'],
      );
    } finally {
      edge.node.signal('SIGCONT');
    }
    const before = edge.node.log.length;
    assert.equal((await run('diagnose', 'group:edge'))[0]?.outcome, 'done');
    assert.ok(!edge.node.log.slice(before).some((line) => /Configuration reloaded/.test(line)));
  });

  it('are not lost with an orchestrator that is killed before the answer', async () => {
    edge.node.signal('SIGSTOP');
    const { id } = await issue('drain', 'group:edge');
    await orchestrator.kill();
    edge.node.signal('SIGCONT');
    await orchestrator.startAgain();
    assert.equal((await outcome(id)).nodes[0]?.outcome, 'done');
    await untilStatus(edge, 'Draining');
    assert.equal((await run('undrain', 'group:edge'))[0]?.outcome, 'done');
    await untilStatus(edge, 'Active');
    const taken = edge.node.log.filter((line) => line.includes(id));
    assert.equal(taken.length, 1, taken.join('\n'));
  });

  it('end a node, which says so before it goes', async () => {
    const { id } = await issue('terminate', 'group:core', { reason: 'too many', grace_seconds: 5 });
    assert.equal(await core.node.exited, 0);
    const shown = await outcome(id);
    assert.equal(shown.nodes[0]?.outcome, 'done');
    assert.equal(core.node.log.filter((line) => /INFO: Terminating reason="?too many/.test(line)).length, 1);
  });
});
