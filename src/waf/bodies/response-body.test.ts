import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { isInspectedType, readResponseText } from './response-body.ts';

const PAGE = Buffer.from(`<html>${'some words of a page\n'.repeat(5000)}</html>`);

describe('the body of an answer', () => {
  it('is inspected for the media types that are listed', () => {
    const types = new Set(['text/html', 'application/json']);
    assert.equal(isInspectedType('Text/HTML; charset=utf-8', types), true);
    assert.equal(isInspectedType('image/png', types), false);
    assert.equal(isInspectedType(null, types), false);
  });

  it('is its beginning as text', () => {
    assert.equal(readResponseText(PAGE, null, 10), '<html>some');
    assert.equal(readResponseText(Buffer.from([0x41, 0xff]), null, 10), 'A\u00ff');
  });

  it('is unpacked, or at least its beginning', () => {
    assert.equal(readResponseText(gzipSync(PAGE), 'gzip', 1_000_000), PAGE.toString('latin1'));
    const beginning = readResponseText(gzipSync(PAGE), 'gzip', 50_000) ?? '';
    assert.ok(beginning.length > 1000 && beginning.length <= 50_000);
    assert.ok(PAGE.toString('latin1').startsWith(beginning));
  });

  it('is nothing where it cannot be unpacked', () => {
    assert.equal(readResponseText(PAGE, 'gzip', 1000), null);
    assert.equal(readResponseText(PAGE, 'unknown', 1000), null);
    assert.equal(readResponseText(Buffer.alloc(0), null, 1000), null);
  });
});
