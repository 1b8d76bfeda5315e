import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { unpack } from './unpack.ts';

const TEXT = Buffer.from(Array.from({ length: 40_000 }, (_, index) => (index * index * 7919) >> 7));
const CODINGS: readonly (readonly [string, (bytes: Uint8Array) => Uint8Array])[] = [
  ['gzip', gzipSync],
  ['X-GZip', gzipSync],
  ['deflate', deflateSync],
  ['deflate', deflateRawSync],
  ['br', brotliCompressSync],
  ['zstd', zstdCompressSync],
];
const WIDE = { bytesMax: 1_000_000, attemptsMax: 0 };

describe('undoing Content-Encoding', () => {
  it('gives back what was packed', () => {
    for (const [coding, pack] of CODINGS) {
      const { bytes, fault } = unpack(pack(TEXT), coding, WIDE);
      assert.equal(fault, null, coding);
      assert.deepEqual(Buffer.from(bytes), TEXT, coding);
    }
  });

  it('undoes up to three codings, the last one first', () => {
    const packed = zstdCompressSync(brotliCompressSync(gzipSync(TEXT)));
    const { bytes, fault } = unpack(packed, 'gzip, br ,identity,, ZSTD', WIDE);
    assert.equal(fault, null);
    assert.deepEqual(Buffer.from(bytes), TEXT);
    assert.match(unpack(packed, 'gzip, br, zstd, gzip', WIDE).fault ?? '', /too many/);
  });

  it('leaves bytes alone without a coding', () => {
    for (const field of [null, '', 'identity']) assert.equal(unpack(TEXT, field, WIDE).bytes, TEXT);
  });

  it('reports a coding that it does not know, and keeps the bytes', () => {
    const { bytes, fault } = unpack(TEXT, 'compress', WIDE);
    assert.equal(bytes, TEXT);
    assert.match(fault ?? '', /unknown coding/);
  });

  it('reports bytes that are not coded as the field says', () => {
    for (const [coding] of CODINGS) {
      const { bytes, fault } = unpack(Buffer.from('<script>alert(1)</script>'), coding, WIDE);
      assert.ok(fault !== null || bytes.length < 64, coding);
    }
    assert.match(unpack(Buffer.from('plain text'), 'gzip', WIDE).fault ?? '', /not coded/);
  });

  it('bounds what a small body may become', () => {
    for (const [coding, pack] of CODINGS) {
      const bomb = pack(Buffer.alloc(5_000_000));
      const { bytes, fault } = unpack(bomb, coding, { bytesMax: 100_000, attemptsMax: 0 });
      assert.match(fault ?? '', /more than 100000 octets/, coding);
      assert.equal(bytes.length, 0);
    }
  });

  it('takes exactly as much as is allowed', () => {
    for (const [coding, pack] of CODINGS) {
      const { bytes, fault } = unpack(pack(TEXT), coding, { bytesMax: TEXT.length, attemptsMax: 0 });
      assert.equal(fault, null, coding);
      assert.equal(bytes.length, TEXT.length);
    }
  });

  it('gives the beginning of what is too long, where attempts are allowed', () => {
    for (const [coding, pack] of CODINGS) {
      const { bytes, fault } = unpack(pack(TEXT), coding, { bytesMax: 30_000, attemptsMax: 4 });
      assert.notEqual(fault, null);
      assert.ok(bytes.length <= 30_000);
      assert.deepEqual(Buffer.from(bytes), TEXT.subarray(0, bytes.length), coding);
    }
  });

  it('gives what can be decoded of a body that is cut off', () => {
    for (const [coding, pack] of CODINGS) {
      const packed = pack(TEXT);
      for (const length of [0, 1, 5, packed.length >> 1, packed.length - 1]) {
        const { bytes, fault } = unpack(packed.subarray(0, length), coding, WIDE);
        assert.equal(fault, null, `${coding} ${length}`);
        assert.deepEqual(Buffer.from(bytes), TEXT.subarray(0, bytes.length), coding);
      }
    }
    const half = gzipSync(TEXT);
    assert.ok(unpack(half.subarray(0, half.length >> 1), 'gzip', WIDE).bytes.length > 4000);
  });

  it('reads all members of a gzip body', () => {
    const { bytes } = unpack(Buffer.concat([gzipSync('one'), gzipSync('<two>')]), 'gzip', WIDE);
    assert.equal(Buffer.from(bytes).toString(), 'one<two>');
  });
});
