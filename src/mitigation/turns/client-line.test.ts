import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ClientLine } from './client-line.ts';

function drain(line: ClientLine<string>, nowMs: number): readonly string[] {
  const taken: string[] = [];
  for (let item = line.take(nowMs); item !== null; item = line.take(nowMs)) taken.push(item);
  return taken;
}

describe('the line of clients', () => {
  it('lets the oldest begin first, and known clients before all others', () => {
    const line = new ClientLine<string>();
    line.add('a', 'a', false, 0);
    line.add('b', 'b', false, 1);
    line.add('known', 'k', true, 2);
    assert.equal(line.size, 3);
    assert.deepEqual(drain(line, 3), ['known', 'a', 'b']);
    assert.equal(line.size, 0);
  });

  it('puts what a client has beyond its share behind all others, known or not', () => {
    const line = new ClientLine<string>();
    for (let nth = 1; nth <= 6; nth++) line.add(`flood ${nth}`, 'f', true, 0);
    line.add('other', 'o', false, 0);
    const expected = ['flood 1', 'flood 2', 'flood 3', 'flood 4', 'other', 'flood 5', 'flood 6'];
    assert.deepEqual(drain(line, 0), expected);
    line.add('again', 'f', true, 1);
    line.add('stranger', 's', false, 1);
    assert.deepEqual(drain(line, 1), ['again', 'stranger'], 'its share is free once it has begun');
  });

  it('holds no share against who may have any number', () => {
    const line = new ClientLine<string>();
    for (let nth = 1; nth <= 6; nth++) line.add(`proxy ${nth}`, null, true, 0);
    line.add('other', 'o', false, 0);
    assert.equal(drain(line, 0).at(-1), 'other');
  });

  it('lets the newest begin first while the oldest has waited too long', () => {
    const line = new ClientLine<string>(1000);
    line.add('stale', 'a', false, 0);
    line.add('older', 'b', false, 900);
    line.add('newer', 'c', false, 950);
    assert.equal(line.take(1001), 'newer');
    assert.equal(line.take(1001), 'older');
    assert.equal(line.take(1001), 'stale');
  });

  it('forgets whoever leaves, wherever it stands, and once', () => {
    const line = new ClientLine<string>();
    const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((name) => line.add(name, 'client', false, 0));
    for (const place of [b!, a!, d!, b!, a!]) line.remove(place);
    assert.equal(line.size, 1);
    line.add('e', 'client', false, 0);
    assert.deepEqual(drain(line, 0), ['c', 'e']);
    line.remove(c!);
    assert.equal(line.size, 0);
  });
});
