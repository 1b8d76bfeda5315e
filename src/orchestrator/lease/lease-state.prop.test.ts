import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import {
  holdsLease,
  type LeaseState,
  leaseFoundOwn,
  leaseSeen,
  leaseWritten,
  mayWrite,
  NO_LEASE,
} from './lease-state.ts';

const TERMS = { termMs: 1000 };

/** A key that is written at a revision or not at all, as the servers keep it. */
class Key {
  revision = 0;
  author = -1;

  write(expected: number): number | null {
    if (expected !== this.revision) return null;
    this.revision += 1;
    return this.revision;
  }
}

interface Orchestrator {
  /** How fast its clock runs. */
  readonly rate: number;
  readonly offsetMs: number;
  state: LeaseState;
}

const turns = fc.array(
  fc.record({
    who: fc.nat(2),
    passMs: fc.nat(400),
    /** Between the beginning of a call and its effect. */
    delayMs: fc.nat(300),
    answerLost: fc.boolean(),
    act: fc.constantFrom('write', 'look'),
  }),
  { minLength: 1, maxLength: 200 },
);

it('two orchestrators never hold the lease at once, whatever is late or lost, while clocks differ by less than the margin', () => {
  fc.assert(
    fc.property(turns, (steps) => {
      const key = new Key();
      const fleet: Orchestrator[] = [1, 1.04, 0.96].map((rate, nth) => ({
        ...{ rate, offsetMs: nth * 12_345, state: NO_LEASE },
      }));
      let timeMs = 0;
      const clockOf = ({ rate, offsetMs }: Orchestrator): number => offsetMs + timeMs * rate;
      for (const { who, passMs, delayMs, answerLost, act } of steps) {
        timeMs += passMs;
        const one = fleet[who]!;
        const beganAtMs = clockOf(one);
        timeMs += delayMs;
        if (act === 'write' && mayWrite(one.state, beganAtMs, TERMS)) {
          const written = key.write(one.state.revision);
          if (written !== null) key.author = who;
          if (written !== null && !answerLost) one.state = leaseWritten(written, beganAtMs, TERMS);
        } else if (act === 'look') {
          const own = key.author === who && key.revision > one.state.revision;
          one.state = own
            ? leaseFoundOwn(one.state, key.revision)
            : leaseSeen(one.state, key.revision, clockOf(one));
        }
        const holders = fleet.filter((each) => holdsLease(each.state, clockOf(each)));
        assert.ok(holders.length <= 1, `${holders.length} hold it at ${timeMs}`);
      }
    }),
  );
});

it('a lease whose holder is silent can be taken after its term, and a free one at once', () => {
  const seen = leaseSeen(NO_LEASE, 7, 5000);
  assert.equal(mayWrite(seen, 5999, TERMS), false);
  assert.equal(mayWrite(leaseSeen(seen, 7, 5999), 6000, TERMS), true);
  assert.equal(mayWrite(leaseSeen(seen, 8, 5999), 6000, TERMS), false);
  assert.equal(mayWrite(leaseSeen(seen, 0, 5100), 5100, TERMS), true);
  assert.equal(mayWrite(NO_LEASE, 5100, TERMS), false);
});
