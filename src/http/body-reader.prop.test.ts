import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { runs } from '../../tests/support/fuzz.ts';
import { BODY_CHUNKED, BODY_LENGTH, BODY_UNTIL_CLOSE } from './framing.ts';
import { cutAt, octets, readBody } from './testing/read.ts';

const data = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes).toString('latin1'));
const token = fc.string({ unit: fc.constantFrom(...'aZ09!#$%&*+-.^_`|~'), minLength: 1, maxLength: 8 });
const blank = fc.string({ unit: fc.constantFrom(' ', '\t'), maxLength: 3 });
const quoted = fc
  .string({
    unit: fc.constantFrom('a', ' ', '\t', ';', '=', '0', '\\"', '\\\\', '\\a', '\xe4'),
    maxLength: 10,
  })
  .map((text) => `"${text}"`);
const extension = fc
  .tuple(blank, blank, token, fc.option(fc.tuple(blank, blank, fc.oneof(token, quoted)), { nil: null }))
  .map(([before, behind, name, value]) => {
    const assigned = value === null ? '' : `${value[0]}=${value[1]}${value[2]}`;
    return `${before};${behind}${name}${assigned}`;
  });
const size = fc.tuple(fc.nat(4), fc.boolean()).map(
  ([zeros, upper]) =>
    (length: number) =>
      '0'.repeat(zeros) + (upper ? length.toString(16).toUpperCase() : length.toString(16)),
);
const chunk = fc.tuple(
  data.filter((text) => text !== ''),
  size,
  fc.array(extension, { maxLength: 3 }),
);
const trailer = fc.tuple(token, fc.string({ unit: fc.constantFrom('v', ' ', ':', '\xff'), maxLength: 9 }));

const body = fc
  .tuple(
    fc.array(chunk, { maxLength: 6 }),
    size,
    fc.array(extension, { maxLength: 2 }),
    fc.array(trailer, { maxLength: 3 }),
  )
  .map(([chunks, lastSize, lastExtensions, trailers]) => ({
    text: [
      ...chunks.map(
        ([text, sized, extensions]) => `${sized(text.length)}${extensions.join('')}\r\n${text}\r\n`,
      ),
      `${lastSize(0)}${lastExtensions.join('')}\r\n`,
      ...trailers.map(([name, value]) => `${name}:${value}\r\n`),
      '\r\n',
    ].join(''),
    data: chunks.map(([text]) => text).join(''),
    trailers: trailers.map(([name, value]): [string, string] => [name, value.replace(/^ +| +$/g, '')]),
  }));

const cuts = fc.array(fc.nat(600), { maxLength: 20 });

describe('a chunked body', () => {
  it('decodes to its data, however it is chunked, extended and cut, and no octet behind it is taken', () => {
    fc.assert(
      fc.property(body, cuts, data, (coded, places, behind) => {
        const reading = readBody(cutAt(octets(coded.text + behind), places), BODY_CHUNKED);
        assert.deepEqual(reading, {
          outcome: 'ok',
          data: coded.data,
          consumed: coded.text.length,
          trailers: coded.trailers,
        });
      }),
      { numRuns: runs(500) },
    );
  });

  it('is never whole before its last octet', () => {
    fc.assert(
      fc.property(body, cuts, fc.nat(99), (coded, places, percent) => {
        const part = coded.text.slice(0, Math.floor((coded.text.length * percent) / 100));
        assert.equal(readBody(cutAt(octets(part), places), BODY_CHUNKED).outcome, 'more');
      }),
      { numRuns: runs(300) },
    );
  });
});

describe('a body that is not chunked', () => {
  it('is its octets up to its length, or all of them', () => {
    fc.assert(
      fc.property(data, data, cuts, (text, behind, places) => {
        const pieces = cutAt(octets(text + behind), places);
        if (text !== '') assert.equal(readBody(pieces, BODY_LENGTH, text.length).data, text);
        assert.equal(readBody(pieces, BODY_UNTIL_CLOSE).data, text + behind);
      }),
      { numRuns: runs(200) },
    );
  });
});
