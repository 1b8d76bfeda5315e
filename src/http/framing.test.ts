import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseDigits } from './digits.ts';
import { BAD_TRANSFER_ENCODING, UNKNOWN_TRANSFER_ENCODING } from './faults.ts';
import { readTransferEncoding } from './framing.ts';

describe('Content-Length (RFC 9110 §8.6, RFC 9112 §6.2)', () => {
  const accepted: readonly (readonly [string, number])[] = [
    ['0', 0],
    ['1', 1],
    ['00', 0],
    ['007', 7],
    ['1234567890', 1_234_567_890],
    ['9007199254740991', Number.MAX_SAFE_INTEGER],
    ['0000000000000005', 5],
  ];
  for (const [text, length] of accepted) {
    it(`reads ${text}`, () => assert.equal(parseContentLength(text), length));
  }

  const refused: readonly string[] = [
    ...[
      '',
      ' ',
      '+5',
      '-5',
      '-0',
      '5.0',
      '5e1',
      '1e3',
      '0x5',
      '0X5',
      '5h',
      '0b1',
      '0o7',
      '1_000',
      '1,000',
      "1'0",
    ],
    ...[
      '5,5',
      '5, 5',
      '5;5',
      '5 5',
      '5\t5',
      ' 5',
      '5 ',
      '\t5',
      '5\t',
      '"5"',
      "'5'",
      '5=',
      '5:',
      'five',
      'NaN',
    ],
    ...[
      'Infinity',
      'chunked',
      '5\x00',
      '\x005',
      '5\x0b',
      '\x0c5',
      '5\xa0',
      '\xa05',
      '\xb2',
      '\xb9',
      '5\x85',
      '٥',
    ],
    ...[
      '9007199254740992',
      '9007199254740993',
      '9999999999999999',
      '18446744073709551615',
      '18446744073709551616',
    ],
    ...['18446744073709551621', '4294967296000000000', '00000000000000005', '0'.repeat(300)],
  ];
  for (const text of refused) {
    const shown = text.length > 40 ? `${text.length} digits` : JSON.stringify(text);
    it(`refuses ${shown}`, () => assert.equal(parseContentLength(text), -1));
  }
});

/** Octets that lenient parsers have skipped, trimmed or taken for separators. */
const ODD_OCTETS: readonly string[] = [
  ...[
    '\x00',
    '\x01',
    '\x08',
    '\x0b',
    '\x0c',
    '\x0e',
    '\x1c',
    '\x1f',
    '\x7f',
    '\x80',
    '\x85',
    '\xa0',
    '\xad',
    '\xff',
  ],
  ...['"', ';', ':', '=', '/', '\\', '(', ')', '<', '>', '@', '[', ']', '{', '}', '?'],
];
/** Octets that a token may hold, so that the word is another coding, and an unknown one. */
const TOKEN_OCTETS: readonly string[] = [..."!#$%&'*+-.^_`|~x0"];

describe('Transfer-Encoding (RFC 9112 §6.1)', () => {
  const accepted: readonly string[] = [
    'chunked',
    'Chunked',
    'CHUNKED',
    'cHuNkEd',
    ' chunked',
    'chunked ',
    '\tchunked\t',
  ];
  for (const text of accepted) {
    it(`accepts ${JSON.stringify(text)} as chunked`, () => assert.equal(readTransferEncoding(text), 0));
  }

  const unknown: readonly string[] = [
    ...[
      'gzip',
      'deflate',
      'compress',
      'identity',
      'x-chunked',
      'chunked-x',
      'chunke',
      'hunked',
      'cchunked',
      'chunkedd',
    ],
    ...[
      'gzip, chunked',
      'gzip,chunked',
      'identity, chunked',
      'deflate , chunked',
      'x, y, chunked',
      'xchunked, chunked',
    ],
    ...['trailers', 'gzip, deflate', 'br', 'null', 'undefined', '__proto__', 'constructor'],
    ...TOKEN_OCTETS.flatMap((octet) => [`${octet}chunked`, `chunked${octet}`, `chun${octet}ked`]),
  ];
  for (const text of unknown) {
    it(`calls ${JSON.stringify(text)} an unknown coding`, () =>
      assert.equal(readTransferEncoding(text), UNKNOWN_TRANSFER_ENCODING));
  }

  const refused: readonly string[] = [
    ...[
      '',
      ' ',
      '\t',
      ',',
      ', ',
      ',,',
      ',chunked',
      'chunked,',
      ', chunked',
      'chunked, ',
      'chunked,,',
      ',,chunked',
    ],
    ...['gzip,,chunked', 'gzip, ,chunked', 'gzip,'],
    ...[
      'chunked, chunked',
      'chunked,chunked',
      'Chunked, CHUNKED',
      'chunked, gzip',
      'chunked,identity',
      'chunked, x, y',
    ],
    ...['chunked, gzip, chunked', 'gzip, chunked, gzip', 'x, chunked, chunked', 'chunked, '],
    ...[
      'chun ked',
      'chunked chunked',
      'gzip chunked',
      'chunked gzip',
      'chunked\tgzip',
      'c hunked',
      'chunke d',
    ],
    ...[
      '"chunked"',
      'chunked;q=1',
      'chunked; q=1',
      'chunked;',
      ';chunked',
      'chunked;chunked',
      'gzip;q=0.5, chunked',
    ],
    ...['chunked=1', '(chunked)', '<chunked>', '[chunked]', '{chunked}', 'chunked/1', 'chunked:', ':chunked'],
    ...ODD_OCTETS.flatMap((octet) => [
      `${octet}chunked`,
      `chunked${octet}`,
      `chun${octet}ked`,
      `gzip${octet}, chunked`,
      `gzip,${octet}chunked`,
      `chunked,${octet}`,
    ]),
  ];
  for (const text of new Set(refused)) {
    it(`refuses ${JSON.stringify(text)}`, () =>
      assert.equal(readTransferEncoding(text), BAD_TRANSFER_ENCODING));
  }
});

/** A Content-Length as the codec reads it. */
function parseContentLength(text: string): number {
  const bytes = Buffer.from(text, 'latin1');
  return parseDigits(bytes, 0, bytes.length);
}
