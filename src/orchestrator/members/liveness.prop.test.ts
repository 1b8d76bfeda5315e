/** Liveness on a simulated clock: what may happen to heartbeats, and what the orchestrator may conclude from it. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { terminateRequest } from '../../messages/terminate-request.ts';
import { makeBeat, makeRegistration, RULE, SimulatedFleet, SWEEP_MS } from '../testing/simulated-fleet.ts';
import { toleranceMs } from './liveness.ts';

const DEADLINE_MS = RULE.maxMissed * RULE.intervalMs;

it('no delay of up to all intervals that may be missed makes a node dead', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: DEADLINE_MS }), { maxLength: 30 }), (delays) => {
      const sim = new SimulatedFleet();
      const nodeId = sim.register();
      for (const delayMs of delays) {
        sim.passMs(delayMs);
        sim.registry.heartbeat(makeBeat(nodeId));
      }
      assert.equal(sim.counters.get('orchestrator_nodes_marked_dead_total'), 0);
      assert.notEqual(sim.status(nodeId), 'Dead');
    }),
  );
});

it('lost heartbeats make no node dead as long as one in time arrives', () => {
  const arrivals = fc.array(fc.boolean(), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(arrivals, (arrived) => {
      const sim = new SimulatedFleet();
      const nodeId = sim.register();
      let lost = 0;
      for (const arrives of arrived) {
        sim.passMs(RULE.intervalMs);
        lost = arrives || lost === RULE.maxMissed - 1 ? 0 : lost + 1;
        if (lost === 0) sim.registry.heartbeat(makeBeat(nodeId));
      }
      assert.equal(sim.counters.get('orchestrator_nodes_marked_dead_total'), 0);
    }),
  );
});

it('silence gives exactly one death, within the tolerance and one look', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 29_999 }), fc.integer({ min: 0, max: 100 }), (offsetMs, looks) => {
      const sim = new SimulatedFleet();
      sim.passMs(offsetMs);
      const nodeId = sim.register();
      sim.passMs(toleranceMs(RULE));
      assert.notEqual(sim.status(nodeId), 'Dead');
      sim.passMs(SWEEP_MS + 1);
      assert.equal(sim.status(nodeId), 'Dead');
      sim.passMs(looks * SWEEP_MS);
      assert.equal(sim.counters.get('orchestrator_nodes_marked_dead_total'), 1);
    }),
  );
});

type Act =
  | { readonly kind: 'beat'; readonly node: number; readonly status: 'Starting' | 'Active' | 'Draining' }
  | { readonly kind: 'end'; readonly node: number; readonly final: boolean }
  | { readonly kind: 'process'; readonly node: number }
  | { readonly kind: 'terminate'; readonly node: number }
  | { readonly kind: 'pass'; readonly ms: number }
  | { readonly kind: 'restart' };

const node = fc.nat({ max: 3 });
const arbitraryAct: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('beat'),
      node,
      status: fc.constantFrom('Starting', 'Active', 'Draining'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('end'), node, final: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('process'), node }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('terminate'), node }) },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('pass'), ms: fc.integer({ min: 1, max: 150_000 }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('restart') }) },
);

/** Plays acts on a fleet of four identities and checks after each what must hold whatever happens. */
class Play {
  #sim = new SimulatedFleet();
  /** The running process of each identity, by its epoch. */
  readonly #epochs = [1, 1, 1, 1];
  readonly #heardAtMs = [0, 0, 0, 0];

  constructor() {
    for (const index of this.#epochs.keys()) this.#register(index);
  }

  act(act: Act): void {
    if (act.kind === 'pass') this.#sim.passMs(act.ms);
    else if (act.kind === 'restart') this.#restart();
    else if (act.kind === 'terminate') this.#terminate(act.node);
    else if (act.kind === 'process') this.#newProcess(act.node);
    else if (act.kind === 'end') this.#beat(act.node, 'Terminating', act.final);
    else this.#beat(act.node, act.status, null);
    this.#check();
  }

  #id(index: number): string {
    return `30000000-0000-4000-8000-00000000000${index}`;
  }

  #register(index: number): void {
    const identity = { node_id: this.#id(index), epoch: this.#epochs[index]! };
    if (this.#sim.registry.register(makeRegistration(identity)).ok) this.#heard(index);
  }

  #newProcess(index: number): void {
    this.#epochs[index]! += 1;
    this.#register(index);
    assert.ok(this.#sim.registry.node(this.#id(index)).ok, 'a new process always gets into the fleet');
  }

  #beat(
    index: number,
    status: 'Starting' | 'Active' | 'Draining' | 'Terminating',
    final: boolean | null,
  ): void {
    const before = this.#sim.registry.control(this.#id(index));
    const beat = makeBeat(this.#id(index), { epoch: this.#epochs[index]!, status, final });
    const answer = this.#sim.registry.heartbeat(beat);
    if (!answer.ok) {
      assert.equal(answer.fault, 'unknown_node');
      return;
    }
    this.#heard(index);
    // A heartbeat never undoes an order.
    if (before.ok && before.value.intent === 'terminate') assert.equal(answer.value.intent, 'terminate');
  }

  #terminate(index: number): void {
    const known = this.#sim.registry.node(this.#id(index)).ok;
    const order = this.#sim.registry.terminate(this.#id(index), terminateRequest.parse({}));
    assert.equal(order.ok, known);
  }

  #restart(): void {
    this.#sim.sweeper.sweep();
    const before = this.#sim.registry.nodes();
    this.#sim = this.#sim.restart();
    const after = this.#sim.registry.nodes();
    assert.deepEqual(
      after.map(({ node_id, status, intent }) => [node_id, status, intent]),
      before.map(({ node_id, status, intent }) => [node_id, status, intent]),
    );
    for (const index of this.#epochs.keys()) this.#heard(index);
  }

  #heard(index: number): void {
    this.#heardAtMs[index] = this.#sim.clock.nowMs();
  }

  #check(): void {
    const nowMs = this.#sim.clock.nowMs();
    const nodes = this.#sim.registry.nodes();
    assert.equal(new Set(nodes.map(({ node_id }) => node_id)).size, nodes.length);
    for (const index of this.#epochs.keys()) {
      const found = this.#sim.registry.node(this.#id(index));
      if (!found.ok) continue;
      const { status, intent, liveness } = found.value;
      const silenceMs = nowMs - this.#heardAtMs[index]!;
      if (silenceMs <= toleranceMs(RULE)) {
        // Dead before a restart stays dead after it.
        const remembered = this.#sim.logged('Node declared dead').length === 0 && liveness === 'dead';
        assert.ok(status !== 'Dead' || remembered, 'nobody is dead within the tolerance');
      }
      if (intent === 'terminate') assert.ok(status === 'Terminating' || status === 'Dead');
      assert.equal(status === 'Dead', liveness === 'dead');
    }
  }
}

it('holds its promises under any order of heartbeats, processes, orders, pauses and restarts', () => {
  fc.assert(
    fc.property(fc.array(arbitraryAct, { maxLength: 60 }), (acts) => {
      const play = new Play();
      for (const act of acts) play.act(act);
    }),
    { numRuns: 300 },
  );
});
