import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { PRIORITIES, type Priority } from '../pipeline/priority.ts';
import { ClassRoom } from './class-room.ts';

describe('room of the classes', () => {
  it('is more for a higher class, never beyond the limit, and at least one place', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 65_535 }), (limit) => {
        const room = new ClassRoom(limit);
        let more = limit;
        for (const priority of PRIORITIES) {
          let places = 0;
          while (room.fits(priority, places)) places++;
          assert.ok(places >= 1 && places <= more, `${places} for ${priority}`);
          more = places;
        }
      }),
      { numRuns: 20 },
    );
  });

  it('keeps half of a large limit free of suspicious clients, however many they are', () => {
    const room = new ClassRoom(100);
    let used = 0;
    for (let request = 0; request < 1000; request++) if (room.fits(0, used)) used++;
    assert.equal(used, 50);
    const known: Priority = 2;
    assert.ok(room.fits(known, used));
  });
});
