import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  CALM,
  type ScalableNode,
  type ScalerRule,
  type ScalerView,
  type ScalingWish,
  stepScaler,
} from './scaler.ts';

const RULE: ScalerRule = {
  ...{ fleetMin: 1, fleetMax: 10, fillToMin: true, stepMax: 1, cooldownMs: 300_000 },
  ...{ upThreshold: 0.8, downThreshold: 0.3 },
};

function nodesOf(...shares: readonly (number | null)[]): ScalableNode[] {
  return shares.map((share, index) => ({ id: `n${index}`, registeredAtMs: index, alive: true, share }));
}

const QUIET: Omit<ScalerView, 'nodes'> = {
  ...{ nowMs: 1_000_000, awaited: 0, forecast: null, lastDecidedAtMs: null, doubtful: false },
};

/** The wishes of so many looks at one view. */
function looks(
  count: number,
  view: Partial<ScalerView>,
  rule: Partial<ScalerRule> = {},
): (ScalingWish | null)[] {
  let state = CALM;
  return Array.from({ length: count }, () => {
    const step = stepScaler(state, { ...QUIET, nodes: [], ...view }, { ...RULE, ...rule });
    state = step.state;
    return step.wish;
  });
}

describe('too much to do', () => {
  it('asks for a node at the second look', () => {
    const up = { action: 'up', reason: 'HIGH_FLEET_CPU_LOAD', nodes: 1 };
    assert.deepEqual(looks(2, { nodes: nodesOf(0.9, 0.85) }), [null, up]);
  });

  it('is asked for ahead of time where it is foreseen', () => {
    const forecast = { expected: 0.9, lower: 0.8, upper: 1 };
    const up = { action: 'up', reason: 'PREDICTED_HIGH_FLEET_CPU_LOAD', nodes: 1 };
    assert.deepEqual(looks(2, { nodes: nodesOf(0.6, 0.6), forecast }), [null, up]);
  });

  it('is no reason where the forecast could mean anything', () => {
    const forecast = { expected: 0.9, lower: 0.2, upper: 1.6 };
    assert.deepEqual(looks(3, { nodes: nodesOf(0.6), forecast }), [null, null, null]);
  });

  it('asks for as many as are needed, up to the step and the largest fleet', () => {
    const nodes = nodesOf(1, 1, 1, 1);
    assert.equal((looks(2, { nodes }, { stepMax: 20 })[1] as { nodes: number }).nodes, 4);
    assert.equal((looks(2, { nodes }, { stepMax: 3 })[1] as { nodes: number }).nodes, 3);
    assert.equal((looks(2, { nodes }, { stepMax: 9, fleetMax: 6 })[1] as { nodes: number }).nodes, 2);
    assert.equal(looks(2, { nodes }, { fleetMax: 4 })[1], null);
    assert.equal(looks(2, { nodes, awaited: 2 }, { fleetMax: 6 })[1], null);
  });

  it('is not seen in a fleet of which less than half was measured', () => {
    assert.deepEqual(looks(2, { nodes: nodesOf(0.9, null, null) }), [null, null]);
  });
});

describe('too little to do', () => {
  it('sends a node away at the fifth look: the one that does least, of equals the newest', () => {
    const wishes = looks(5, { nodes: nodesOf(0.2, 0.01, 0.02, 0.2) });
    assert.deepEqual(wishes.slice(0, 4), [null, null, null, null]);
    assert.deepEqual(wishes[4], { action: 'down', reason: 'LOW_FLEET_CPU_LOAD', nodeIds: ['n2'] });
  });

  it('sends nobody away below the smallest fleet, nor the last one', () => {
    assert.equal(looks(5, { nodes: nodesOf(0.1, 0.1) }, { fleetMin: 2 })[4], null);
    assert.equal(looks(5, { nodes: nodesOf(0.1) }, { fleetMin: 0 })[4], null);
  });

  it('sends nobody away while somebody is late or unmeasured, or is awaited', () => {
    const late = nodesOf(0.1, 0.1, 0.1).map((node, index) => ({ ...node, alive: index > 0 }));
    assert.equal(looks(5, { nodes: late })[4], null);
    assert.equal(looks(5, { nodes: nodesOf(0.1, 0.1, null) })[4], null);
    assert.equal(looks(5, { nodes: nodesOf(0.1, 0.1), awaited: 1 })[4], null);
  });

  it('sends nobody away where the rest would have too much to do', () => {
    const rule = { downThreshold: 0.5 };
    assert.equal(looks(5, { nodes: nodesOf(0.45, 0.45) }, rule)[4], null);
    assert.notEqual(looks(5, { nodes: nodesOf(0.45, 0.45, 0.45) }, rule)[4], null);
  });
});

it('a fleet below its smallest size is filled, step by step, unless nodes are awaited', () => {
  const up = { action: 'up', reason: 'BELOW_MIN_FLEET_SIZE', nodes: 2 };
  const rule = { fleetMin: 5, stepMax: 2 };
  assert.deepEqual(looks(1, { nodes: nodesOf(0.1, 0.1) }, rule), [up]);
  assert.deepEqual(looks(1, { nodes: nodesOf(0.5, 0.5), awaited: 3 }, rule), [null]);
  assert.deepEqual(looks(1, { nodes: [] }, { ...rule, fillToMin: false }), [null]);
});

it('nothing is decided while it cools down, nor in doubt, and doubt begins the count anew', () => {
  const nodes = nodesOf(0.95);
  assert.deepEqual(looks(3, { nodes, lastDecidedAtMs: QUIET.nowMs - 299_999 }), [null, null, null]);
  assert.notEqual(looks(2, { nodes, lastDecidedAtMs: QUIET.nowMs - 300_000 })[1], null);
  assert.deepEqual(looks(9, { nodes, doubtful: true }), Array(9).fill(null));
  const { state } = stepScaler({ highLooks: 1, lowLooks: 0 }, { ...QUIET, nodes, doubtful: true }, RULE);
  assert.deepEqual(state, CALM);
});
