import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HpackEncoder } from './encoder.ts';
import { METHOD_GET, staticNameIndex } from './static-table.ts';
import { decodeBlock } from './testing/collect.ts';

function block(encoder: HpackEncoder): number[] {
  return [...encoder.bytes.subarray(0, encoder.length)];
}

function write(work: (encoder: HpackEncoder) => void, encoder = new HpackEncoder()): number[] {
  encoder.begin();
  work(encoder);
  return block(encoder);
}

describe('the encoder', () => {
  it('writes common statuses in one octet and others by the name', () => {
    for (const status of [200, 204, 206, 304, 400, 404, 500]) {
      assert.equal(write((encoder) => encoder.status(status)).length, 1);
    }
    for (const status of [100, 103, 200, 206, 302, 404, 451, 503, 999]) {
      assert.deepEqual(decodeBlock(write((encoder) => encoder.status(status))), [
        [':status', String(status)],
      ]);
    }
  });

  it('writes fields of the static table whole or by their name', () => {
    const octets = write((encoder) => {
      encoder.indexed(METHOD_GET);
      encoder.named(METHOD_GET, 'DELETE');
    });
    assert.deepEqual(decodeBlock(octets), [
      [':method', 'GET'],
      [':method', 'DELETE'],
    ]);
  });

  it('marks every literal as never indexed (RFC 7541 section 7.1.3)', () => {
    const octets = write((encoder) => encoder.field('set-cookie', 'a=b'));
    assert.equal(octets[0]! & 0xf0, 0x10);
    const bytes = Buffer.from('Set-Cookiea=b');
    assert.equal(write((encoder) => encoder.copy(bytes, 0, 10, 10, 13))[0]! & 0xf0, 0x10);
  });

  it('uses names of the static table in whatever case they come', () => {
    const bytes = Buffer.from('CONTENT-typetext/html');
    const octets = write((encoder) => encoder.copy(bytes, 0, 12, 12, 21));
    assert.equal(octets.length, 2 + 1 + 'text/html'.length);
    assert.deepEqual(decodeBlock(octets), [['content-type', 'text/html']]);
  });

  it('takes fields of any length', () => {
    const value = 'v'.repeat(60_000);
    const octets = write((encoder) => {
      encoder.status(200);
      encoder.field('x', value);
      encoder.field('y', value);
    });
    assert.deepEqual(decodeBlock(octets), [
      [':status', '200'],
      ['x', value],
      ['y', value],
    ]);
  });

  it('does not keep the memory of a large block', () => {
    const encoder = new HpackEncoder();
    write((one) => one.field('x', 'v'.repeat(60_000)), encoder);
    encoder.begin();
    assert.ok(encoder.bytes.length < 10_000);
  });

  it('confirms a smaller table at the start of its next block, once (RFC 7541 section 4.2)', () => {
    const encoder = new HpackEncoder();
    encoder.setTableLimit(65_536);
    assert.deepEqual(
      write((one) => one.status(200), encoder),
      [0x88],
    );
    encoder.setTableLimit(100);
    encoder.setTableLimit(4096);
    assert.deepEqual(
      write((one) => one.status(200), encoder),
      [0x3f, 100 - 31, 0x88],
    );
    assert.deepEqual(
      write((one) => one.status(200), encoder),
      [0x88],
    );
    encoder.setTableLimit(0);
    assert.deepEqual(
      write((one) => one.status(200), encoder),
      [0x20, 0x88],
    );
  });
});

describe('the static table', () => {
  it('knows its names from others', () => {
    const find = (name: string) => staticNameIndex(Buffer.from(name), 0, name.length);
    assert.equal(find('Server'), 54);
    assert.equal(find('accept-charset'), 15);
    assert.equal(find('www-authenticate'), 61);
    for (const name of ['', 'x', 'serves', 'x-server', ':status', 'servers', 'content-typf'])
      assert.equal(find(name), 0);
  });
});
