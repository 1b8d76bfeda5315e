/** What all nodes together admit of a fleet-wide limit, whatever the network does. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type Link, type SimulatedNode, SimulatedUsage } from './testing/simulated-usage.ts';

const NODES = 3;
const TICK_MS = 125;

type LinkName = 'sound' | 'mute' | 'deaf' | 'slow' | 'lossy' | 'doubled';
type Event = 'nothing' | 'crash' | 'restart';

/** How one node fares for a while. */
interface Part {
  /** Requests of the client with each tick. */
  readonly requests: number;
  readonly link: LinkName;
}

interface Phase {
  readonly ticks: number;
  readonly parts: readonly Part[];
  /** What happens first: the first node crashes, or the orchestrator starts anew. */
  readonly event: Event;
}

const settings = fc.record({
  count: fc.constantFrom(4, 20, 60),
  windowSeconds: fc.constantFrom(5, 8),
  // With a small share the bound is near the limit, and every slip shows.
  share: fc.constantFrom(0.01, 0.01, 0.05, 0.25, 1),
});

function phases(links: readonly LinkName[], events: readonly Event[]): fc.Arbitrary<Phase[]> {
  const part = fc.record({ requests: fc.constantFrom(0, 0, 1, 1, 5, 30), link: fc.constantFrom(...links) });
  const phase = fc.record({
    ticks: fc.constantFrom(1, 2, 4, 8, 16, 32, 48),
    parts: fc.array(part, { minLength: NODES, maxLength: NODES }),
    event: fc.constantFrom<Event>('nothing', 'nothing', 'nothing', ...events),
  });
  return fc.array(phase, { minLength: 4, maxLength: 14 });
}

/** One link of each kind; what is lost or late takes turns. */
function createLinks(): Readonly<Record<LinkName, Link>> {
  let turn = 0;
  const pick = (delays: readonly (readonly number[])[]) => (): readonly number[] =>
    delays[turn++ % delays.length]!;
  const quick = pick([[2], [40], [2], [240]]);
  const slow = pick([[700], [1300], [4000], [30], [9000], [700], [2500]]);
  const lossy = pick([[3], [], [50], [], [], [3]]);
  return {
    sound: { there: quick, back: quick },
    mute: { there: quick, back: () => [] },
    deaf: { there: () => [], back: () => [] },
    slow: { there: slow, back: quick },
    lossy: { there: lossy, back: lossy },
    doubled: {
      there: pick([
        [2, 900],
        [300, 4, 6000],
      ]),
      back: quick,
    },
  };
}

/** Plays the phases; the number of orchestrators that there were. */
async function play(fleet: SimulatedUsage, script: readonly Phase[]): Promise<number> {
  const links = createLinks();
  fleet.orchestrate(true);
  let orchestrators = 1;
  const start = (index: number): SimulatedNode => fleet.node(`${index}`, links.sound);
  const nodes = Array.from({ length: NODES }, (_, index) => start(index));
  await fleet.pass(6000);
  for (const { ticks, parts, event } of script) {
    if (event === 'crash') {
      nodes[0]!.stop();
      nodes[0] = start(0);
    } else if (event === 'restart') {
      fleet.orchestrate(true);
      orchestrators += 1;
    }
    for (const [index, node] of nodes.entries()) node.link = links[parts[index]!.link];
    for (let tick = 0; tick < ticks; tick++) {
      for (const [index, node] of nodes.entries()) {
        for (let request = 0; request < parts[index]!.requests; request++) node.ask();
      }
      await fleet.pass(TICK_MS);
    }
  }
  for (const node of nodes) node.stop();
  return orchestrators;
}

const RUNS = { numRuns: 120 };
const HOSTILE = ['sound', 'sound', 'sound', 'mute', 'deaf', 'slow', 'lossy', 'doubled'] as const;

describe('a fleet-wide limit', () => {
  it('holds its bound with messages lost, late, doubled and overtaken, nodes cut off and nodes that crash', async () => {
    await fc.assert(
      fc.asyncProperty(settings, phases(HOSTILE, ['crash']), async (limit, script) => {
        const fleet = new SimulatedUsage(limit);
        await play(fleet, script);
        const bound = limit.count + (fleet.processes - 1) * fleet.limit.fleet!.own;
        assert.ok(fleet.most() <= bound, `${fleet.most()} > ${bound}`);
      }),
      RUNS,
    );
  });

  it('holds the same bound over restarts of the orchestrator that all nodes live through', async () => {
    await fc.assert(
      fc.asyncProperty(settings, phases(['sound'], ['restart']), async (limit, script) => {
        const fleet = new SimulatedUsage(limit);
        await play(fleet, script);
        const bound = limit.count + (NODES - 1) * fleet.limit.fleet!.own;
        assert.ok(fleet.most() <= bound, `${fleet.most()} > ${bound}`);
      }),
      RUNS,
    );
  });

  it('exceeds it by at most the limit for each restart where nodes are lost meanwhile', async () => {
    await fc.assert(
      fc.asyncProperty(settings, phases(HOSTILE, ['crash', 'restart']), async (limit, script) => {
        const fleet = new SimulatedUsage(limit);
        const orchestrators = await play(fleet, script);
        const bound = limit.count * orchestrators + (fleet.processes - 1) * fleet.limit.fleet!.own;
        assert.ok(fleet.most() <= bound, `${fleet.most()} > ${bound}`);
      }),
      RUNS,
    );
  });
});
