/** A node whose orchestrator is killed: clients notice nothing, and the link comes back by itself. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createFolder, removeFolder } from '../support/node-process.ts';
import { OrchestratorProcess } from '../support/orchestrator-process.ts';
import { Stand } from '../support/stand.ts';
import { SteadyClient } from '../support/steady-client.ts';
import { until } from '../support/until.ts';

it('loses no request while the orchestrator is gone, and is Active again when it is back', {
  timeout: 60_000,
}, async (t) => {
  const folder = createFolder();
  const orchestrator = await OrchestratorProcess.start(folder);
  t.after(async () => {
    await orchestrator.stop();
    removeFolder(folder);
  });
  const stand = await Stand.open({
    settings: {
      orchestrator: {
        enabled: true,
        server_url: orchestrator.url,
        registration: { retry_interval: 1 },
        heartbeat: { max_missed: 2, timeout: 1 },
      },
    },
  });
  t.after(() => stand.close());
  const { node } = stand;
  const registered = await node.untilLine(/INFO: Successfully registered with orchestrator node_id=/);
  const id = /node_id=([0-9a-f-]{36})/.exec(registered)?.[1];
  await node.untilLine(/INFO: Node status changed old_status=Starting new_status=Active/);
  const stats = () => orchestrator.call('GET', '/fleet/stats');
  await until('active node', stats, ({ active_nodes }) => active_nodes === 1);
  assert.equal(await node.metric('secbeat_control_link_up'), 1);

  const load = new SteadyClient({ connect: () => stand.connect(), perSecond: 100, freshEvery: 10 });
  for (let outage = 0; outage < 2; outage++) {
    const from = node.log.length;
    await orchestrator.kill();
    await node.untilLine(
      /Node status changed old_status=Active new_status=Dead .*missed_count=\d+ max_missed=2/,
      from,
    );
    await node.untilMetric('secbeat_control_link_up', {}, (up) => up === 0);
    assert.equal((await node.manage('GET', '/ready', undefined, null)).status, 200, 'the node serves on');
    const answered = load.answered;
    await until(
      'answers without an orchestrator',
      () => load.answered - answered,
      (count) => count >= 50,
    );
    await orchestrator.startAgain();
    await node.untilLine(/Node status changed old_status=Dead new_status=Active/, from);
    await until('active node', stats, (figures) => figures.active_nodes === 1 && figures.total_nodes === 1);
  }
  const report = await load.stop();
  assert.deepEqual(report.faults, []);
  assert.equal(report.answered, report.sent);
  const nodes = (await orchestrator.call('GET', '/nodes')) as unknown as readonly { node_id: string }[];
  assert.deepEqual(
    nodes.map(({ node_id }) => node_id),
    [id],
  );
});
