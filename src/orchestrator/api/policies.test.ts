/** Policy as people and nodes see it, over real sockets: edits, rollouts, and what runs where. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { until } from '../../../tests/support/until.ts';
import type { ControlAnswer } from '../../messages/control-answer.ts';
import type {
  PoliciesPage,
  PolicyAnswer,
  RevisionDetail,
  RunningPolicies,
  ScopePolicy,
} from '../../messages/policy-views.ts';
import { beatOf, type JsonAnswer, OrchestratorStand } from '../testing/orchestrator-stand.ts';

const SETTINGS = {
  shares: [0.1, 0.5, 1],
  observe_seconds: 0,
  acknowledge_seconds: 30,
  wait_for_nodes_seconds: 600,
  block_share_rise_max: 0.05,
  error_share_rise_max: 0.02,
  latency_factor_max: 2,
};
const GOOD = '[waf]\nmode = "monitor"\n';

/** A node that heartbeats whenever the test lets it, and does with policy what the test says. */
class SimulatedNode {
  readonly id: string;
  takes: 'applies' | 'refuses' = 'applies';
  /** Blocked ones of a hundred requests, by the revision that runs. */
  blocked: (revision: number) => number = () => 1;
  readonly #stand: OrchestratorStand;
  #applied = 0;
  #requests = 0;
  #blocks = 0;

  private constructor(stand: OrchestratorStand, id: string) {
    this.#stand = stand;
    this.id = id;
  }

  static async join(stand: OrchestratorStand): Promise<SimulatedNode> {
    const node = new SimulatedNode(stand, await stand.register());
    await node.beat(0);
    return node;
  }

  async beat(assigned: number): Promise<void> {
    const refused = this.takes === 'refuses' && assigned !== this.#applied;
    if (!refused) this.#applied = assigned;
    this.#requests += 100;
    this.#blocks += this.blocked(this.#applied);
    const plain = beatOf(this.id);
    const metrics = { ...plain.metrics, total_requests: this.#requests, waf_blocks: this.#blocks };
    const answer = await this.#stand.call<ControlAnswer>('/nodes/heartbeat', {
      body: {
        ...{ ...plain, metrics, applied_revision: this.#applied },
        refused_policy: refused ? { revision: assigned, reason: 'no such file here' } : null,
      },
    });
    assert.equal(answer.status, 200);
    assert.equal(typeof answer.json.policy_revision, 'number');
  }
}

describe('policy of the fleet', { timeout: 60_000 }, () => {
  let stand: OrchestratorStand;
  let nodes: SimulatedNode[];
  beforeEach(async () => {
    stand = await OrchestratorStand.open({ rollout: SETTINGS });
    nodes = [];
  });
  afterEach(() => stand.close());

  const join = async (count: number): Promise<void> => {
    for (let nth = 0; nth < count; nth++) nodes.push(await SimulatedNode.join(stand));
  };
  const policies = async (): Promise<PoliciesPage> => (await stand.call<PoliciesPage>('/policies')).json;
  const running = async (): Promise<RunningPolicies['nodes']> =>
    (await stand.call<RunningPolicies>('/policies/running')).json.nodes;
  const put = <Body = PolicyAnswer>(
    toml: string,
    basedOn: number | null = null,
    { scope = 'fleet', query = '', ...rest }: Readonly<Record<string, unknown>> = {},
  ): Promise<JsonAnswer<Body>> =>
    stand.call<Body>(`/policies/scopes/${scope}${query}`, {
      method: 'PUT',
      body: { toml, note: 'a try', ...rest },
      ...(basedOn === null ? {} : { headers: { 'If-Match': `"${basedOn}"` } }),
    });
  const order = <Body = PoliciesPage>(what: string, body?: unknown): Promise<JsonAnswer<Body>> =>
    stand.call<Body>(`/policies/rollout/${what}`, {
      method: 'POST',
      ...(body === undefined ? {} : { body }),
    });

  /** One heartbeat of every node, with what it is told by now. */
  const beatAll = async (): Promise<void> => {
    const told = new Map((await running()).map((node) => [node.node_id, node.assigned_revision]));
    for (const node of nodes) await node.beat(told.get(node.id) ?? 0);
  };
  /** Heartbeats until policy stands as it should. */
  const beatUntil = (what: string, is: (page: PoliciesPage) => boolean): Promise<PoliciesPage> =>
    until(
      what,
      async () => {
        await beatAll();
        return await policies();
      },
      is,
    );
  const ended = (revision: number) => (page: PoliciesPage) =>
    page.revisions.some((found) => found.revision === revision && found.outcome !== null);
  const assigned = async (): Promise<readonly number[]> =>
    (await running()).map((node) => node.assigned_revision).toSorted();

  it('reaches a canary first, then a share, then all', async () => {
    await join(4);
    const { status, json, headers } = await put(GOOD);
    assert.equal(status, 200);
    assert.equal(headers.etag, '"1"');
    assert.deepEqual([json.revision, json.based_on, json.scope], [1, 0, 'fleet']);
    assert.match(json.diff, /^\+mode = "monitor"$/m);
    const seen = new Set<string>();
    await beatUntil('complete rollout', (page) => {
      seen.add(String(page.rollout?.nodes ?? 'all'));
      return ended(1)(page);
    });
    assert.deepEqual(
      [...seen].filter((nodesSoFar) => nodesSoFar !== '0'),
      ['1', '2', '4', 'all'],
    );
    const page = await policies();
    assert.deepEqual(page.stable, [{ scope: 'fleet', revision: 1 }]);
    assert.deepEqual([page.revisions[0]?.outcome, page.revisions[0]?.note], ['complete', 'a try']);
    assert.deepEqual(page.revisions[0]?.author, { kind: 'local', id: 'local' });
    const newcomer = await stand.register();
    assert.deepEqual((await running()).find((node) => node.node_id === newcomer)?.layers, [
      { scope: 'fleet', revision: 1 },
    ]);
  });

  it('that the canary refuses is taken back by itself, and says why', async () => {
    await join(3);
    for (const node of nodes) node.takes = 'refuses';
    await put(GOOD);
    const page = await beatUntil('end of the rollout', ended(1));
    assert.equal(page.revisions[0]?.outcome, 'rolled_back');
    assert.match(page.revisions[0]?.reason ?? '', /^refused by node [0-9a-f-]{36}: no such file here$/);
    assert.deepEqual(await assigned(), [0, 0, 0]);
    assert.equal(stand.log.withMessage('Policy rollout was rolled back').length, 1);
  });

  it('that makes the canary block is taken back by itself', async () => {
    await join(3);
    for (const node of nodes) node.blocked = (revision) => (revision === 1 ? 100 : 1);
    for (let nth = 0; nth < 3; nth++) await beatAll();
    await put(GOOD, null, { plan: { observe_seconds: 600 } });
    const page = await beatUntil('end of the rollout', ended(1));
    assert.match(page.revisions[0]?.reason ?? '', /^the share of requests that the firewall blocks is /);
    assert.deepEqual(await assigned(), [0, 0, 0]);
  });

  it('is not taken back for an attack on all nodes', async () => {
    await join(3);
    for (let nth = 0; nth < 3; nth++) await beatAll();
    await put(GOOD, null, { plan: { observe_seconds: 1 } });
    for (const node of nodes) node.blocked = () => 80;
    const page = await beatUntil('end of the rollout', ended(1));
    assert.equal(page.revisions[0]?.outcome, 'complete');
  });

  it('waits while it is paused, goes on, and can be taken back by hand', async () => {
    await join(2);
    await put(GOOD, null, { plan: { observe_seconds: 600 } });
    await beatUntil('canary', (page) => page.rollout?.nodes === 1);
    const paused = await order('pause', { reason: 'lunch' });
    assert.equal(paused.json.rollout?.paused, 'lunch');
    assert.equal((await order('resume')).json.rollout?.paused, null);
    const back = await order('rollback', { reason: 'I do not like it' });
    assert.equal(back.json.rollout, null);
    assert.equal(back.json.revisions[0]?.reason, 'I do not like it');
    assert.deepEqual(await assigned(), [0, 0]);
    const again = await order<{ readonly code: string }>('resume');
    assert.deepEqual([again.status, again.json.code], [409, 'no_rollout']);
  });

  it('goes on after a restart of the orchestrator', async () => {
    await join(3);
    await put(GOOD);
    await beatUntil('canary', (page) => page.rollout?.nodes === 1);
    await stand.stop();
    await stand.start();
    await beatUntil('complete rollout', ended(1));
    assert.deepEqual(await assigned(), [1, 1, 1]);
  });

  it('is edited only by those who know what stands', async () => {
    await put(GOOD);
    await beatUntil('complete rollout', ended(1));
    const code = async (basedOn: number | null): Promise<readonly [number, string]> => {
      const { status, json } = await put<{ readonly code: string }>('', basedOn);
      return [status, json.code];
    };
    assert.deepEqual(await code(null), [428, 'precondition_required']);
    assert.deepEqual(await code(0), [412, 'stale_revision']);
    assert.deepEqual(await code(7), [412, 'stale_revision']);
    const { json, headers } = await stand.call<ScopePolicy>('/policies/scopes/fleet');
    assert.deepEqual([json.toml, headers.etag], [GOOD, '"1"']);
    const both = await Promise.all([put(`${GOOD}# one\n`, 1), put(`${GOOD}# other\n`, 1)]);
    assert.deepEqual(both.map(({ status }) => status).toSorted(), [200, 412]);
  });

  it('comes one at a time', async () => {
    await join(2);
    await put(GOOD);
    const { status, json } = await put<{ readonly code: string; readonly detail: string }>(GOOD, null, {
      scope: 'group:web',
    });
    assert.deepEqual([status, json.code], [409, 'rollout_running']);
    assert.match(json.detail, /^Revision 1 of fleet is being rolled out: wait/);
  });

  it('is refused with every fault and its line, and nothing is changed', async () => {
    const text = '[waf]\nmode = "shout"\n[state]\ndir = "x"\n';
    const { status, json } = await put<{
      readonly code: string;
      readonly errors: { readonly message: string }[];
    }>(text);
    assert.deepEqual([status, json.code], [422, 'invalid_policy']);
    assert.deepEqual(
      json.errors.map(({ message }) => message.slice(0, message.indexOf(' '))),
      ['policy:2:', 'policy:4:'],
    );
    const plan = await put<{ readonly code: string }>(GOOD, null, { plan: { shares: [1] } });
    assert.deepEqual([plan.status, plan.json.code], [422, 'invalid_body']);
    assert.equal((await put<{ readonly code: string }>(GOOD, null, { scope: 'everybody' })).status, 400);
    assert.equal((await policies()).total, 0);
  });

  it('can be tried without being decided', async () => {
    const { status, json } = await put(GOOD, null, { query: '?dry_run=true' });
    assert.deepEqual([status, json.revision], [200, null]);
    assert.match(json.diff, /\+\[waf\]/);
    assert.equal((await policies()).total, 0);
  });

  it('shows what a revision changed, and brings an earlier text back as a new one', async () => {
    await put(GOOD);
    await beatUntil('end of the first', ended(1));
    await put('[waf]\nmode = "off"\n', 1);
    await beatUntil('end of the second', ended(2));
    const second = await stand.call<RevisionDetail>('/policies/2');
    assert.equal(second.json.diff, '@@ -1,2 +1,2 @@\n [waf]\n-mode = "monitor"\n+mode = "off"\n');
    const restored = await stand.call<PolicyAnswer>('/policies/1/restore', { method: 'POST' });
    assert.deepEqual([restored.status, restored.json.revision, restored.json.based_on], [200, 3, 2]);
    await beatUntil('end of the third', ended(3));
    assert.equal((await stand.call<ScopePolicy>('/policies/scopes/fleet')).json.toml, GOOD);
    assert.equal((await stand.call('/policies/9')).status, 404);
    const page = (await stand.call<PoliciesPage>('/policies?limit=2')).json;
    assert.deepEqual(
      [page.revisions.map(({ revision }) => revision), page.next, page.total],
      [[3, 2], '2', 3],
    );
    const rest = (await stand.call<PoliciesPage>(`/policies?limit=2&before=${page.next}`)).json;
    assert.deepEqual([rest.revisions.map(({ revision }) => revision), rest.next], [[1], null]);
  });
});
