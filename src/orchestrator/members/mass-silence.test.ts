import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  mayDeclareDead,
  QUIET_WATCH,
  type SilenceReading,
  type SilenceWatch,
  watchSilence,
} from './mass-silence.ts';

const TOLERANCE_MS = 100;

function look(watch: SilenceWatch, nowMs: number, change: Partial<SilenceReading> = {}): SilenceWatch {
  const quiet = { stalled: false, fleetCount: 10, lateCount: 0, silentCount: 0 };
  return watchSilence(watch, { nowMs, toleranceMs: TOLERANCE_MS, ...quiet, ...change });
}

const MOST = { lateCount: 6, silentCount: 1 };

describe('mass silence', () => {
  it('is not suspected while half of the fleet or more is heard', () => {
    const watch = look(QUIET_WATCH, 0, { lateCount: 5, silentCount: 5 });
    assert.equal(watch.massive, false);
    assert.equal(mayDeclareDead(watch, 0), true);
  });

  it('is not suspected in a fleet of two, where two failures are likely enough', () => {
    const watch = look(QUIET_WATCH, 0, { fleetCount: 2, lateCount: 2, silentCount: 2 });
    assert.equal(mayDeclareDead(watch, 0), true);
  });

  it('is not suspected while nobody is beyond the tolerance', () => {
    assert.equal(look(QUIET_WATCH, 0, { lateCount: 10, silentCount: 0 }).massive, false);
  });

  it('holds back for one more tolerance and is believed after that', () => {
    let watch = look(QUIET_WATCH, 1000, MOST);
    assert.equal(mayDeclareDead(watch, 1000), false);
    watch = look(watch, 1100, MOST);
    assert.equal(mayDeclareDead(watch, 1100), false);
    watch = look(watch, 1101, MOST);
    assert.equal(mayDeclareDead(watch, 1101), true);
  });

  it('that ends in time gives the ones still silent another tolerance to reconnect', () => {
    let watch = look(QUIET_WATCH, 1000, MOST);
    watch = look(watch, 1090, { lateCount: 4, silentCount: 4 });
    assert.equal(watch.massive, false);
    assert.equal(mayDeclareDead(watch, 1190), false);
    assert.equal(mayDeclareDead(watch, 1191), true);
  });

  it('that flaps is believed after three tolerances at the latest', () => {
    let watch = QUIET_WATCH;
    for (let nowMs = 1000; nowMs <= 2000; nowMs += 10) {
      watch = look(watch, nowMs, nowMs % 20 === 0 ? MOST : {});
      assert.equal(mayDeclareDead(watch, nowMs), nowMs > 1300, `at ${nowMs}`);
    }
  });

  it('is judged afresh after quiet times', () => {
    let watch = look(QUIET_WATCH, 1000, MOST);
    watch = look(watch, 1010);
    watch = look(watch, 1200);
    watch = look(watch, 5000, MOST);
    assert.equal(mayDeclareDead(watch, 5100), false);
  });
});

it('a standstill of the orchestrator itself holds back for one tolerance', () => {
  const watch = look(QUIET_WATCH, 1000, { stalled: true, lateCount: 1, silentCount: 1 });
  assert.equal(mayDeclareDead(watch, 1100), false);
  assert.equal(mayDeclareDead(watch, 1101), true);
});
