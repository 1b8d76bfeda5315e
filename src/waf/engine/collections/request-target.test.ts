import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cutTarget } from './request-target.ts';

test('a target is cut at the first question mark', () => {
  assert.deepEqual(cutTarget('/a/b.php?c=d?e'), {
    uri: '/a/b.php?c=d?e',
    path: '/a/b.php',
    baseName: 'b.php',
    query: 'c=d?e',
  });
  assert.deepEqual(cutTarget('/'), { uri: '/', path: '/', baseName: '', query: '' });
  assert.deepEqual(cutTarget('*'), { uri: '*', path: '*', baseName: '*', query: '' });
});

test('the path is decoded once, the query not at all', () => {
  const { path, baseName, query, uri } = cutTarget('/a%2fb+%2541?q=%41');
  assert.deepEqual([path, baseName, query, uri], ['/a/b+%41', 'b+%41', 'q=%41', '/a%2fb+%2541?q=%41']);
});

test('broken escapes of the path stay', () => {
  assert.equal(cutTarget('/%zz%4%41%').path, '/%zz%4A%');
});

test('a target in absolute form loses scheme and authority', () => {
  assert.equal(cutTarget('http://example.com/a?b').uri, '/a?b');
  assert.equal(cutTarget('http://example.com?b=/c').uri, '/?b=/c');
  assert.equal(cutTarget('http://example.com').uri, '/');
  assert.equal(cutTarget('//a/b').uri, '//a/b');
  assert.equal(cutTarget('a/http://b').uri, 'a/http://b');
});
