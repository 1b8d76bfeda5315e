import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findInvalidEncoding } from './invalid-http.ts';

describe('findInvalidEncoding', () => {
  for (const path of ['/a%00', '/a%0d%0ab', '/%0A', '/%c0%80', '/\xc0\x80', '/%u0000', '/%E0%80%80']) {
    it(`matches ${JSON.stringify(path)}`, () => assert.notEqual(findInvalidEncoding(path), null));
  }
  for (const path of ['/', '/100%', '/%zz', '/caf%c3%a9', '/%20', '/%c0%b4', '/a%09b', '/%E0%B8%81']) {
    it(`leaves ${JSON.stringify(path)}`, () => assert.equal(findInvalidEncoding(path), null));
  }
});
