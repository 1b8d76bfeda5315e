import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Client } from '../client.ts';
import { HEALTH_CHECK, KNOWN_GOOD, ORDINARY } from '../pipeline/priority.ts';
import { type OriginPlace, OriginPlaces } from './origin-places.ts';

const PLACES = 256;
const STREAM = { shed: () => undefined };

function clientOf(address: number, exempt = false): Client {
  const key = Int32Array.of(1, 0, 0, address);
  return { address: String(address), words: key, key, exempt };
}

/** Takes what a client can get. */
function grab(places: OriginPlaces, client: Client): OriginPlace[] {
  const taken: OriginPlace[] = [];
  while (places.look(client, ORDINARY) === 'fits') taken.push(places.take(client, ORDINARY));
  return taken;
}

describe('places at an origin', () => {
  it('gives a client that is alone half, and the next one half of the rest', () => {
    const places = new OriginPlaces(PLACES, PLACES);
    const ordinary = Math.ceil(PLACES * 0.9);
    const first = grab(places, clientOf(1)).length;
    assert.equal(first, Math.ceil(ordinary / 2));
    assert.equal(places.look(clientOf(1), ORDINARY), 'over_share');
    assert.equal(grab(places, clientOf(2)).length, Math.ceil((ordinary - first) / 2));
  });

  it('finds for a newcomer an old answer that is held back, of whoever holds the most', () => {
    const places = new OriginPlaces(PLACES, PLACES);
    const [some, most] = [clientOf(1), clientOf(2)];
    const held = [some, most, most].map((client) => places.take(client, ORDINARY));
    for (const place of held) place.stall(STREAM, 1000);
    assert.equal(places.findStalled(clientOf(3), 1499), null);
    assert.equal(places.findStalled(clientOf(3), 1500), held[1]);
    assert.equal(places.findStalled(most, 1500), null);
    held[1]!.proceed();
    assert.equal(places.findStalled(clientOf(3), 1500), held[2]);
    held[2]!.end();
    held[1]!.end();
    assert.equal(places.findStalled(clientOf(3), 1500), null);
  });

  it('binds neither who is on the whitelist nor health checks to a share', () => {
    const places = new OriginPlaces(PLACES, PLACES);
    const [listed, check] = [clientOf(1, true), clientOf(2)];
    for (let taken = 0; taken < 200; taken++) places.take(listed, KNOWN_GOOD);
    assert.equal(places.look(listed, KNOWN_GOOD), 'fits');
    for (let taken = 0; taken < 40; taken++) places.take(check, HEALTH_CHECK);
    assert.equal(places.look(check, HEALTH_CHECK), 'fits');
  });

  it('counts answers that clients do not take among the streams, but not as work of the origin', () => {
    const places = new OriginPlaces(4, PLACES);
    const held = grab(places, clientOf(1));
    assert.equal(places.look(clientOf(2), ORDINARY), 'full');
    for (const place of held) place.stall(STREAM, 0);
    assert.equal(places.working, 0);
    assert.equal(places.total, 4);
    assert.equal(places.look(clientOf(2), ORDINARY), 'fits');
    held[0]!.proceed();
    assert.equal(places.working, 1);
  });

  it('has all its room again when every place has ended, whatever became of it', () => {
    const step = fc.record({
      client: fc.nat(3),
      acts: fc.array(
        fc.constantFrom('stall' as const, 'proceed' as const, 'becomeTunnel' as const, 'end' as const),
        { maxLength: 6 },
      ),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        const places = new OriginPlaces(PLACES, PLACES);
        for (const { client, acts } of steps) {
          const place = places.take(clientOf(client), ORDINARY);
          for (const act of acts) {
            if (act === 'stall') place.stall(STREAM, 0);
            else place[act]();
          }
          place.end();
        }
        assert.equal(places.total, 0);
        assert.equal(places.working, 0);
        assert.equal(
          grab(places, clientOf(0)).length,
          grab(new OriginPlaces(PLACES, PLACES), clientOf(0)).length,
        );
      }),
    );
  });
});
