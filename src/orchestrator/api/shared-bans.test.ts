import assert from 'node:assert/strict';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { BlockedIps } from '../../messages/block-request.ts';
import type { ChannelLine } from '../../messages/channel-line.ts';
import { OrchestratorStand } from '../testing/orchestrator-stand.ts';

/** The channel of a node, as octets on a socket. */
class LineReader {
  readonly #response: IncomingMessage;
  readonly #lines: ChannelLine[] = [];
  #rest = '';
  #changed = Promise.withResolvers<void>();

  private constructor(response: IncomingMessage) {
    this.#response = response;
    response.setEncoding('utf8').on('data', (text: string) => this.#take(text));
    response.on('error', () => undefined);
    response.on('close', () => this.#changed.resolve());
  }

  static async open(url: string): Promise<LineReader> {
    const [response] = (await once(get(url, { agent: false }), 'response')) as [IncomingMessage];
    assert.equal(response.statusCode, 200);
    return new LineReader(response);
  }

  /** The next line. */
  async next(): Promise<ChannelLine> {
    while (this.#lines.length === 0) {
      assert.equal(this.#response.closed, false, 'the channel ended');
      await this.#changed.promise;
      this.#changed = Promise.withResolvers();
    }
    return this.#lines.shift()!;
  }

  close(): void {
    this.#response.destroy();
  }

  #take(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.#lines.push(JSON.parse(line));
    this.#changed.resolve();
  }
}

describe('bans for the whole fleet', () => {
  let stand: OrchestratorStand;
  let readers: LineReader[] = [];
  beforeEach(async () => {
    stand = await OrchestratorStand.open();
  });
  afterEach(async () => {
    for (const reader of readers) reader.close();
    readers = [];
    await stand.close();
  });
  const follow = async (nodeId: string, query = ''): Promise<LineReader> => {
    const reader = await LineReader.open(`${stand.url}/api/v1/nodes/${nodeId}/channel${query}`);
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
    const { status, json } = await stand.call('/rules/block_ip', { body: { ...block, ip: 'everybody' } });
    assert.equal(status, 422);
    assert.equal(json.code, 'unreadable_target');
  });

  it('are told to nodes of the fleet only', async () => {
    const { status } = await stand.call(`/nodes/${'0'.repeat(8)}-0000-4000-8000-${'0'.repeat(12)}/channel`);
    assert.equal(status, 404);
  });
});
