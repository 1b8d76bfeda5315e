/** The body of a form packed (RFC 9110 section 8.4.1), once, twice, and under the names that origins also take. */
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { ARGUMENT, escapeText } from '../attack.ts';
import { carriage, type Mutation } from '../mutation.ts';
import { FORM, post } from '../request.ts';

export const contentCodings: readonly Mutation[] = [
  packed('packed-gzip', 'gzip', gzipSync),
  packed('packed-x-gzip', 'X-GZip', gzipSync),
  packed('packed-deflate', 'deflate', deflateSync),
  packed('packed-raw-deflate', 'deflate', deflateRawSync),
  packed('packed-br', 'br', brotliCompressSync),
  packed('packed-zstd', 'zstd', zstdCompressSync),
  packed('packed-twice', 'gzip, gzip', (bytes) => gzipSync(gzipSync(bytes))),
  packed('packed-in-two-members', 'gzip', (bytes) => {
    const middle = bytes.length >> 1;
    return Buffer.concat([gzipSync(bytes.subarray(0, middle)), gzipSync(bytes.subarray(middle))]);
  }),
  packed('packed-in-no-coding', 'identity', (bytes) => bytes),
  // What strict readers give up on, and streaming ones have handed on by then.
  packed('packed-with-wrong-checksum', 'gzip', (bytes) => {
    const gzip = gzipSync(bytes);
    gzip.fill(0xff, gzip.length - 8, gzip.length - 4);
    return gzip;
  }),
  packed('packed-with-text-behind', 'gzip', (bytes) =>
    Buffer.concat([gzipSync(bytes), Buffer.from('behind')]),
  ),
  packed('packed-without-end', 'gzip', (bytes) => gzipSync(bytes).subarray(0, -8)),
  packed('packed-before-much-text', 'gzip', (bytes) => gzipSync(Buffer.concat([bytes, MUCH_TEXT]))),
  packed('packed-in-unknown-coding', 'x-own, gzip', (bytes) => gzipSync(bytes)),
];

/** More than a node unpacks, all of it behind the attack. */
const MUCH_TEXT = Buffer.from(`&a=${'x'.repeat(1 << 20)}`);

function packed(name: string, coding: string, pack: (bytes: Buffer) => Buffer): Mutation {
  return carriage(name, (payload) => {
    const body = pack(Buffer.from(`${ARGUMENT}=${escapeText(payload)}`, 'latin1'));
    return post(FORM, body.toString('latin1'), ['Content-Encoding', coding]);
  });
}
