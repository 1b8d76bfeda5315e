import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { makeBeat, RULE, SimulatedFleet } from '../testing/simulated-fleet.ts';
import { answered, ask, EXTENSIONS_MAX, judgeSuspect } from './last-question.ts';
import type { NodeRecord } from './node-record.ts';

const FACTS = { nowMs: 100_000, intervalMs: 30_000, beyondTolerance: true };

describe('a suspect', () => {
  it('is asked first, and waited for while it may answer', () => {
    assert.equal(judgeSuspect(undefined, FACTS), 'ask');
    assert.equal(judgeSuspect(ask(undefined, 99_000), FACTS), 'wait');
  });

  it('that does not answer is dead once it is beyond the tolerance', () => {
    const question = answered(ask(undefined, 95_000), false, 98_000);
    assert.equal(judgeSuspect(question, { ...FACTS, beyondTolerance: false }), 'wait');
    assert.equal(judgeSuspect(question, FACTS), 'dead');
    assert.equal(judgeSuspect(question, { ...FACTS, nowMs: 128_001 }), 'ask', 'that is long ago');
  });

  it('that answers gets an interval, so many times at most', () => {
    let question = answered(ask(undefined, 95_000), true, 98_000);
    for (let times = 1; times < EXTENSIONS_MAX; times++) {
      assert.equal(judgeSuspect(question, { ...FACTS, nowMs: question.atMs + 30_000 }), 'wait');
      assert.equal(judgeSuspect(question, { ...FACTS, nowMs: question.atMs + 30_001 }), 'ask');
      question = answered(ask(question, question.atMs + 30_001), true, question.atMs + 30_002);
    }
    assert.equal(judgeSuspect(question, { ...FACTS, nowMs: question.atMs + 30_001 }), 'dead');
  });
});

/** Lets promises that are settled have their say. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** A fleet of four, of which the first falls silent and is asked. */
async function loseOne(answer: (record: NodeRecord) => Promise<boolean> | null) {
  const asked: string[] = [];
  const askNode = (record: NodeRecord): Promise<boolean> | null => {
    asked.push(record.stored.nodeId);
    return answer(record);
  };
  const sim = new SimulatedFleet({ askNode });
  const [lost, ...others] = [sim.register(), sim.register(), sim.register(), sim.register()];
  const pass = async (durationMs: number): Promise<void> => {
    for (let passedMs = 0; passedMs < durationMs; passedMs += 10_000) {
      for (const id of others) sim.registry.heartbeat(makeBeat(id));
      sim.passMs(10_000);
      await turn();
    }
  };
  return { sim, lost, asked, pass };
}

function livenessOf(sim: SimulatedFleet, nodeId: string): string | null {
  const node = sim.registry.node(nodeId);
  return node.ok ? node.value.liveness : null;
}

describe('the look over the fleet', () => {
  it('asks a node while its last heartbeat may still come, and gives it up on time where it does not answer', async () => {
    const { sim, lost, asked, pass } = await loseOne(() => Promise.resolve(false));
    await pass(90_000);
    assert.equal(livenessOf(sim, lost), 'late');
    assert.deepEqual(asked, []);
    await pass(10_000);
    assert.equal(livenessOf(sim, lost), 'suspect');
    assert.deepEqual(asked, [lost]);
    await pass(10_000);
    assert.equal(livenessOf(sim, lost), 'dead');
    assert.equal(sim.counters.getOf('secbeat_nodes_asked_total', 'none'), 1);
  });

  it('spares a node that answers, for three intervals at most', async () => {
    const { sim, lost, asked, pass } = await loseOne(() => Promise.resolve(true));
    await pass(180_000);
    assert.equal(livenessOf(sim, lost), 'suspect');
    await pass(60_000);
    assert.equal(livenessOf(sim, lost), 'dead');
    assert.equal(asked.length, EXTENSIONS_MAX);
    assert.equal(sim.counters.get('orchestrator_nodes_marked_dead_total'), 1);
  });

  it('forgets the question once the node is heard', async () => {
    const { sim, lost, asked, pass } = await loseOne(() => Promise.resolve(true));
    for (let times = 1; times <= 5; times++) {
      await pass(120_000);
      sim.registry.heartbeat(makeBeat(lost));
      await pass(10_000);
      assert.equal(livenessOf(sim, lost), 'alive');
    }
    assert.ok(asked.length >= 5);
    assert.equal(sim.counters.get('orchestrator_nodes_marked_dead_total'), 0);
  });

  it('waits for an answer that is under way, and decides at the next look', async () => {
    const late = Promise.withResolvers<boolean>();
    const { sim, lost, pass } = await loseOne(() => late.promise);
    await pass(140_000);
    assert.equal(livenessOf(sim, lost), 'suspect', 'the answer is still awaited');
    late.resolve(false);
    await pass(10_000);
    await pass(10_000);
    assert.equal(livenessOf(sim, lost), 'dead');
  });

  it('asks nobody and gives up nobody while most of the fleet is silent', async () => {
    const asked: string[] = [];
    const sim = new SimulatedFleet({
      askNode: ({ stored }) => {
        asked.push(stored.nodeId);
        return Promise.resolve(false);
      },
    });
    const ids = Array.from({ length: 6 }, () => sim.register());
    const [heard, ...silent] = ids;
    for (let passedMs = 0; passedMs < 190_000; passedMs += 10_000) {
      sim.registry.heartbeat(makeBeat(heard!));
      sim.passMs(10_000);
      await turn();
    }
    assert.equal(sim.sweeper.massSilence, true);
    assert.equal(sim.sweeper.doubtful, true);
    assert.ok(silent.every((id) => livenessOf(sim, id) === 'suspect'));
    assert.equal(sim.counters.get('orchestrator_nodes_marked_dead_total'), 0);
    assert.ok(asked.length <= silent.length, 'once at most, before it was clear that all are silent');
  });

  it('doubts what it sees for one tolerance after it has begun', () => {
    const sim = new SimulatedFleet();
    sim.passMs(RULE.maxMissed * RULE.intervalMs);
    assert.equal(sim.sweeper.doubtful, true);
    sim.passMs(20_000);
    assert.equal(sim.sweeper.doubtful, false);
  });
});
