import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { KNOWN_GOOD, ORDINARY, PRIORITIES, SUSPICIOUS } from '../pipeline/priority.ts';
import { ClassRoom, createClassCounts } from './class-room.ts';

const COUNT = fc.integer({ min: 0, max: 10_000 });
const LIMIT = fc.integer({ min: 1, max: 65_535 });

describe('room of the classes', () => {
  it('is more for a higher class, never beyond the limit, and at least one place', () => {
    fc.assert(
      fc.property(LIMIT, (limit) => {
        const room = new ClassRoom(limit);
        let more = limit;
        for (const priority of PRIORITIES) {
          const places = room.free(priority, createClassCounts());
          assert.ok(places >= 1 && places <= more, `${places} for ${priority}`);
          more = places;
        }
      }),
    );
  });

  it('keeps half of a large limit free of suspicious clients, however many they are', () => {
    const room = new ClassRoom(100);
    const used = createClassCounts();
    for (let request = 0; request < 1000; request++) if (room.free(SUSPICIOUS, used) > 0) used[SUSPICIOUS]!++;
    assert.equal(used[SUSPICIOUS], 50);
    assert.ok(room.free(KNOWN_GOOD, used) > 0);
  });

  it('has a place for a client known to be good whatever lower classes hold, also of a limit that has shrunk', () => {
    fc.assert(
      fc.property(LIMIT, COUNT, COUNT, (limit, suspicious, ordinary) => {
        const used = createClassCounts();
        used[SUSPICIOUS] = suspicious;
        used[ORDINARY] = ordinary;
        assert.ok(new ClassRoom(limit).free(KNOWN_GOOD, used) >= 1);
      }),
    );
  });

  it('has no place for a class that holds its share, nor for one below it', () => {
    fc.assert(
      fc.property(LIMIT, fc.constantFrom(...PRIORITIES), (limit, priority) => {
        const room = new ClassRoom(limit);
        const used = createClassCounts();
        used[priority] = room.free(priority, used);
        for (let below = 0; below <= priority; below++) {
          assert.ok(room.free(PRIORITIES[PRIORITIES.length - 1 - below]!, used) <= 0);
        }
      }),
    );
  });
});
