import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { certainStem, plainPath } from './plain-path.ts';

describe('plainPath', () => {
  it('leaves an ordinary path as it is', () => {
    assert.equal(plainPath('/a/b.html?x=/../'), '/a/b.html');
    assert.equal(plainPath('/a/./b/..'), '/a/');
  });

  it('keeps escapes of characters that mean something else when decoded', () => {
    assert.equal(plainPath('/a%20b%C3%A4'), '/a%20b%C3%A4');
  });
});

describe('certainStem', () => {
  const stems: readonly (readonly [string, string | null])[] = [
    ['/a/b?x=//', '/a/b'],
    ['/api/items/a%2fb', '/api/items'],
    ['/api//x', '/api'],
    ['//api/x', '/'],
    ['/api;v=1/x', '/'],
    ['/a/%2e%2e/b/c%5cd', '/b'],
    ['/api/a%2f%2e%2e%2fb', null],
    ['/api/a%252f..', null],
    ['/api/a%2525252525252e', null],
    ['/api/a%2f.%00./b', null],
    ['/api/a%2f%252e%252e', null],
    ['/api/%c0%ae%c0%ae/b', null],
    ['/api/a%c0%afb', null],
    ['/api/%e0%80%ae./b', null],
    ['/api/%u002e./b', null],
    ['/api/a%2f%25c0%25ae', null],
    ['/api/a%2f%C3%A0%E0%A4%85', '/api'],
    ['*', null],
  ];
  for (const [target, stem] of stems) {
    it(`of ${target} is ${stem}`, () => assert.equal(certainStem(target), stem));
  }
});
