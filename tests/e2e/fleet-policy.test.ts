/** Policy on real nodes: a bad one stops at the canary and is taken back by itself, a good one reaches all. */
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import type { PoliciesPage, RevisionSummary, RunningPolicies } from '../../src/messages/policy-views.ts';
import type { OrchestratorProcess } from '../support/orchestrator-process.ts';
import type { Stand } from '../support/stand.ts';
import { ThreeNodes } from '../support/three-nodes.ts';
import { until } from '../support/until.ts';

const NODES = 3;
/** What honest clients ask for all the time. */
const HONEST = '/shop';
const PATIENCE_MS = 60_000;

/** Clients that go on asking all nodes, so that there is something to judge by. */
class HonestTraffic {
  readonly #stands: readonly Stand[];
  #ended = false;
  #loops: readonly Promise<void>[] = [];

  constructor(stands: readonly Stand[]) {
    this.#stands = stands;
  }

  start(): void {
    this.#loops = this.#stands.map((stand) => this.#ask(stand));
  }

  async stop(): Promise<void> {
    this.#ended = true;
    await Promise.all(this.#loops);
  }

  async #ask(stand: Stand): Promise<void> {
    while (!this.#ended) await stand.request('GET', HONEST).catch(() => undefined);
  }
}

describe('policy for a fleet of three nodes', { timeout: 240_000 }, () => {
  let orchestrator: OrchestratorProcess;
  let traffic: HonestTraffic;
  let fleet: ThreeNodes;
  let stands: readonly Stand[] = [];
  before(async () => {
    fleet = await ThreeNodes.open({
      // Whoever is blocked again and again would be banned, and then no request would tell anything.
      ddos: { blacklist: { enabled: false } },
    });
    ({ orchestrator, stands } = fleet);
  });
  after(() => fleet.close());
  beforeEach(() => {
    traffic = new HonestTraffic(stands);
    traffic.start();
  });
  afterEach(() => traffic.stop());

  const policies = async (): Promise<PoliciesPage> =>
    (await orchestrator.call('GET', '/policies')) as unknown as PoliciesPage;
  const running = async (): Promise<RunningPolicies['nodes']> =>
    ((await orchestrator.call('GET', '/policies/running')) as unknown as RunningPolicies).nodes;

  /** Writes policy where none stands; resolves with the number of the revision. */
  async function write(toml: string, observeSeconds: number): Promise<number> {
    const plan = { shares: [0.1, 1], observe_seconds: observeSeconds };
    const { revision } = await orchestrator.call('PUT', '/policies/scopes/fleet', { toml, plan });
    return revision as number;
  }

  async function untilEnded(revision: number): Promise<RevisionSummary> {
    const find = ({ revisions }: PoliciesPage): RevisionSummary | undefined =>
      revisions.find((found) => found.revision === revision);
    const page = await until(
      'end of the rollout',
      policies,
      (now) => find(now)?.outcome != null,
      PATIENCE_MS,
    );
    return find(page)!;
  }

  /** How many nodes say that they run something. */
  async function untilRunning(revision: number): Promise<void> {
    await until(
      `nodes that run ${revision}`,
      running,
      (nodes) => nodes.length === NODES && nodes.every((node) => node.applied_revision === revision),
      PATIENCE_MS,
    );
  }

  async function statuses(target: string): Promise<readonly number[]> {
    return await Promise.all(stands.map(async (stand) => (await stand.request('GET', target)).status));
  }

  it('that a node cannot use is refused by the canary, and runs nowhere', async () => {
    await untilRunning(0);
    // Does not hold on a node where one client may have more connections.
    const revision = await write('[ddos.connection_limits]\nmax_total_connections = 50\n', 600);
    const { outcome, reason } = await untilEnded(revision);
    assert.equal(outcome, 'rolled_back');
    assert.match(reason ?? '', /^refused by node [0-9a-f-]{36}: .*max_connections_per_ip/);
    await untilRunning(0);
  });

  it('that blocks honest clients is found out on the canary, and taken back', async () => {
    const revision = await write('[waf.attack_patterns]\ncustom_patterns = ["/shop"]\n', 600);
    const { outcome, reason } = await untilEnded(revision);
    assert.equal(outcome, 'rolled_back');
    assert.match(
      reason ?? '',
      /^the share of requests that the firewall blocks is .*, on node [0-9a-f-]{36}$/,
    );
    await untilRunning(0);
    assert.deepEqual(await statuses(HONEST), [200, 200, 200]);
  });

  it('that is good reaches all nodes, and does there what it says', async () => {
    assert.deepEqual(await statuses('/forbidden-fruit'), [200, 200, 200]);
    const revision = await write('[waf.attack_patterns]\ncustom_patterns = ["forbidden-fruit"]\n', 2);
    const { outcome, reason } = await untilEnded(revision);
    assert.equal(outcome, 'complete', reason ?? '');
    await untilRunning(revision);
    assert.deepEqual(await statuses('/forbidden-fruit'), [403, 403, 403]);
    assert.deepEqual(await statuses(HONEST), [200, 200, 200]);
  });
});
