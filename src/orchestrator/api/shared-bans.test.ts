import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { BlockedIps } from '../../messages/block-request.ts';
import { CHANNEL_VERSION } from '../../messages/channel-line.ts';
import { ChannelReading } from '../testing/channel-reading.ts';
import { OrchestratorStand } from '../testing/orchestrator-stand.ts';

describe('bans for the whole fleet', () => {
  let stand: OrchestratorStand;
  let readers: ChannelReading[] = [];
  beforeEach(async () => {
    stand = await OrchestratorStand.open();
  });
  afterEach(async () => {
    for (const reader of readers) reader.close();
    readers = [];
    await stand.close();
  });
  const follow = async (nodeId: string, query = ''): Promise<ChannelReading> => {
    const reader = await ChannelReading.open(`${stand.url}/api/v1/nodes/${nodeId}/channel${query}`);
    readers.push(reader);
    return reader;
  };
  const block = { ip: '192.0.2.7', reason: 'a try', ttl_seconds: 60 };
  const blocked = async (): Promise<BlockedIps> => (await stand.call<BlockedIps>('/rules/blocked_ips')).json;

  it('are told to every node that follows, and listed', async () => {
    const [one, two] = [await follow(await stand.register()), await follow(await stand.register())];
    for (const reader of [one, two]) {
      assert.equal((await reader.next()).kind, 'hello');
      assert.equal((await reader.next()).kind, 'standing');
      assert.equal((await reader.next()).kind, 'snapshot');
    }
    assert.equal((await stand.call('/rules/block_ip', { body: block })).status, 200);
    for (const reader of [one, two]) {
      const line = await reader.next();
      assert.ok(line.kind === 'entry' && line.order?.kind === 'ban_set');
      assert.equal(line.order.target, '192.0.2.7');
    }
    const { stats, blocked_ips: pairs } = await blocked();
    assert.deepEqual(stats, { total_blocked_ips: 1, manual_blocks: 1, auto_blocks: 0 });
    assert.equal(pairs[0]?.[0], '192.0.2.7');
    assert.equal(pairs[0]?.[1].reason, 'a try');
  });

  it('come from nodes too, and once', async () => {
    const [finder, other] = [await stand.register(), await stand.register()];
    const reader = await follow(other);
    for (const _ of ['hello', 'standing', 'snapshot']) await reader.next();
    const found = { target: '2001:db8::/64', reason: 'WAF_VIOLATIONS', confidence: 0.9, manual: false };
    const report = { bans: [{ ...found, duration_seconds: 600 }] };
    const send = (): Promise<{ readonly json: unknown }> =>
      stand.call(`/nodes/${finder}/reports`, { body: report });
    assert.deepEqual((await send()).json, { taken: 1 });
    assert.deepEqual((await send()).json, { taken: 0 });
    const line = await reader.next();
    assert.ok(line.kind === 'entry' && line.order?.kind === 'ban_set');
    assert.equal(line.order.source, 'automatic');
  });

  it('are lifted everywhere', async () => {
    await stand.call('/rules/block_ip', { body: { ...block, ip: '198.51.100.0/24' } });
    const reader = await follow(await stand.register());
    for (const _ of ['hello', 'standing', 'snapshot']) await reader.next();
    const path = `/rules/blocked_ips/${encodeURIComponent('198.51.100.0/24')}`;
    assert.equal((await stand.call(path, { method: 'DELETE' })).status, 200);
    const line = await reader.next();
    assert.ok(line.kind === 'entry' && line.order?.kind === 'ban_lifted');
    assert.deepEqual((await blocked()).blocked_ips, []);
    assert.equal((await stand.call(path, { method: 'DELETE' })).status, 404);
  });

  it('outlive the orchestrator, and a node goes on where it was', async () => {
    const nodeId = await stand.register();
    const before = await follow(nodeId);
    const hello = await before.next();
    assert.ok(hello.kind === 'hello');
    await stand.call('/rules/block_ip', { body: block });
    await stand.stop();
    await stand.start();
    assert.equal((await blocked()).blocked_ips.length, 1);
    await stand.call('/rules/block_ip', { body: { ...block, ip: '192.0.2.8' } });
    const after = await follow(nodeId, `?ledger=${hello.ledger}&after=1`);
    for (const kind of ['hello', 'standing', 'entry']) assert.equal((await after.next()).kind, kind);
  });

  it('need a target that can be read', async () => {
    const hash = '0123456789ab';
    const unreadable = ['everybody', 'ja4:', `ja4:t13d1516h2_${hash}`, `ja4:t13d1516h2_${hash}_${hash}0`];
    for (const ip of [...unreadable, 'as:', 'as:0', 'as:4294967295', 'as:12x', '192.0.2.1/33']) {
      const { status, json } = await stand.call('/rules/block_ip', { body: { ...block, ip } });
      assert.deepEqual([status, json.code], [422, 'unreadable_target'], ip);
    }
    for (const ip of [`ja4:t13d1516h2_${hash}_${hash}`, 'as:64496', '2001:DB8::/32']) {
      assert.equal((await stand.call('/rules/block_ip', { body: { ...block, ip } })).status, 200, ip);
    }
  });

  it('are never on so much that no client would be left', async () => {
    for (const ip of ['0.0.0.0/0', '::/0', '128.0.0.0/1', '2000::/3']) {
      const { status, json } = await stand.call('/rules/block_ip', { body: { ...block, ip } });
      assert.deepEqual([status, json.code], [422, 'too_wide_target'], ip);
    }
    const found = { reason: 'x', confidence: 1, manual: true, duration_seconds: 600 };
    const bans = ['0.0.0.0/0', '10.0.0.0/8'].map((target) => ({ ...found, target }));
    const { json } = await stand.call(`/nodes/${await stand.register()}/reports`, { body: { bans } });
    assert.deepEqual(json, { taken: 1 });
    assert.deepEqual(
      (await blocked()).blocked_ips.map(([target]) => target),
      ['10.0.0.0/8'],
    );
  });

  it('of nodes are made canonical, so that each can be lifted', async () => {
    const finder = await stand.register();
    const found = { reason: 'x', confidence: 1, manual: false, duration_seconds: 600 };
    const targets = ['2001:db8:0:0::7', '192.0.2.1/32', '::::', '1.2.3.4/999'];
    const bans = targets.map((target) => ({ ...found, target }));
    const { json } = await stand.call(`/nodes/${finder}/reports`, { body: { bans } });
    assert.deepEqual(json, { taken: 2 });
    assert.deepEqual(
      (await blocked()).blocked_ips.map(([target]) => target),
      ['2001:db8::7', '192.0.2.1'],
    );
    const lifted = ['2001:db8:0::7/128', '192.0.2.1'];
    await stand.call(`/nodes/${finder}/reports`, { body: { bans: [], lifted } });
    assert.deepEqual((await blocked()).blocked_ips, []);
  });

  it('come in one piece where a node asks for what there is', async () => {
    await stand.call('/rules/block_ip', { body: block });
    const nodeId = await stand.register();
    const answer = await fetch(`${stand.url}/api/v1/nodes/${nodeId}/channel?once=true`);
    const lines = (await answer.text()).trimEnd().split('\n');
    assert.deepEqual(
      lines.map((line) => (JSON.parse(line) as { readonly kind: string }).kind),
      ['hello', 'standing', 'snapshot'],
    );
  });

  it('are told to nodes of the version behind and ahead too', async () => {
    const nodeId = await stand.register();
    const statusOf = async (version: number): Promise<number> => {
      const answer = await fetch(`${stand.url}/api/v1/nodes/${nodeId}/channel?once=true&version=${version}`);
      await answer.text();
      return answer.status;
    };
    const statuses = [CHANNEL_VERSION - 1, CHANNEL_VERSION + 1, CHANNEL_VERSION + 2].map(statusOf);
    assert.deepEqual(await Promise.all(statuses), [200, 200, 409]);
  });

  it('are told to nodes of the fleet only', async () => {
    const { status } = await stand.call(`/nodes/${'0'.repeat(8)}-0000-4000-8000-${'0'.repeat(12)}/channel`);
    assert.equal(status, 404);
  });
});
