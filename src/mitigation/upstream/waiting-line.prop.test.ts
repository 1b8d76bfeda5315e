import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { PRIORITIES, type Priority } from '../pipeline/priority.ts';
import type { OriginClient, OriginWish } from './origin-client.ts';
import { WaitingLine } from './waiting-line.ts';

let clients = 0;

/** Whose requests are only compared; nothing of it is called. */
function someone(address: number = ++clients): OriginClient {
  return { client: { key: Int32Array.of(1, 0, 0, address) } } as unknown as OriginClient;
}

function turnsOf(line: WaitingLine, priority: Priority): readonly OriginClient[] {
  const turns: OriginClient[] = [];
  for (const { client } of line.turns(priority)) {
    turns.push(client);
    line.leave(client);
  }
  return turns;
}

function wishOf(priority: Priority): OriginWish {
  return { once: false, priority, hash: 0, webSocket: false, avoid: '' };
}

type Step =
  | { readonly kind: 'enter'; readonly priority: Priority }
  | { readonly kind: 'leave'; readonly nth: number }
  | { readonly kind: 'serve' };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('enter' as const), priority: fc.constantFrom<Priority>(0, 1, 2, 3) }),
  fc.record({ kind: fc.constant('leave' as const), nth: fc.nat(20) }),
  fc.record({ kind: fc.constant('serve' as const) }),
);

describe('waiting line', () => {
  it('does what a sorted list would do, within its bound', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), fc.nat(8), (steps, lengthMax) => {
        const line = new WaitingLine();
        const model: { readonly client: OriginClient; readonly priority: Priority }[] = [];
        const first = (): number => {
          const priority = PRIORITIES.find((one) => model.some((waiting) => waiting.priority === one));
          return model.findIndex((waiting) => waiting.priority === priority);
        };
        for (const one of steps) {
          if (one.kind === 'enter') {
            const client = someone();
            const given = line.enter(client, wishOf(one.priority), 0, lengthMax);
            const lowest = Math.min(...model.map(({ priority }) => priority));
            if (model.length < lengthMax) {
              assert.equal(given, null);
              model.push({ client, priority: one.priority });
            } else if (lengthMax > 0 && lowest < one.priority) {
              const last = model.findLastIndex(({ priority }) => priority === lowest);
              assert.equal(given?.client, model[last]!.client);
              model.splice(last, 1);
              model.push({ client, priority: one.priority });
            } else {
              assert.equal(given?.client, client);
            }
          } else if (one.kind === 'leave') {
            const leaving = model[one.nth];
            assert.equal(line.leave(leaving?.client ?? someone()), leaving !== undefined);
            if (leaving !== undefined) model.splice(one.nth, 1);
          } else if (model.length > 0) {
            const at = first();
            const { client, priority } = model[at]!;
            assert.equal(line.turns(priority).next().value?.client, client);
            assert.ok(line.leave(client));
            model.splice(at, 1);
          }
          assert.equal(line.length, model.length);
          assert.ok(line.length <= lengthMax);
        }
      }),
    );
  });

  it('serves the clients of a class in turn, however many requests one of them has', () => {
    const line = new WaitingLine();
    const flood = Array.from({ length: 4 }, () => someone(-1));
    const other = [someone(-2), someone(-2)];
    for (const one of [...flood, ...other]) line.enter(one, wishOf(1), 0, 10);
    const [a, b, c, d] = flood;
    assert.deepEqual(turnsOf(line, 1), [a, other[0], b, other[1], c, d]);
    assert.equal(line.length, 0);
  });

  it('takes the last request of a client that has many for a newcomer of the same class', () => {
    const line = new WaitingLine();
    const flood = Array.from({ length: 4 }, () => someone(-1));
    for (const one of flood) line.enter(one, wishOf(1), 0, 4);
    const more = someone(-1);
    assert.equal(line.enter(more, wishOf(1), 0, 4)?.client, more);
    assert.equal(line.enter(someone(-2), wishOf(1), 0, 4)?.client, flood[3]);
  });

  it('gives out who has waited too long, and nobody else', () => {
    const line = new WaitingLine();
    const [early, late] = [someone(), someone()];
    line.enter(early, wishOf(1), 100, 10);
    line.enter(late, wishOf(0), 200, 10);
    assert.equal(line.takeExpired(100), null);
    assert.equal(line.takeExpired(101)?.client, early);
    assert.equal(line.takeExpired(101), null);
    assert.equal(line.takeExpired(201)?.client, late);
    assert.equal(line.length, 0);
  });
});
