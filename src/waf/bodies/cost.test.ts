/** Reading a body takes time in proportion to its length, whatever it holds: no input makes it quadratic. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readCookies } from './cookies.ts';
import type { BodyLimits } from './parsed-body.ts';
import { readRequestBody } from './request-body.ts';

const SMALL = 128 * 1024;
const LARGE = 1024 * 1024;
/** Eight times the octets may take this many times the time; quadratic work would take 64. */
const GROWTH_MAX = 32;
/** Below that, a clock and a collector of garbage say more than the work. */
const FLOOR_MS = 4;
const WIDE: BodyLimits = {
  argumentsMax: 1_000_000,
  depthMax: 100_000,
  partsMax: 100_000,
  partHeaderBytesMax: 1_000_000,
  fileBytesKept: 1024,
};
const USUAL: BodyLimits = {
  argumentsMax: 1000,
  depthMax: 512,
  partsMax: 200,
  partHeaderBytesMax: 8192,
  fileBytesKept: 65_536,
};

/** Title, media type, beginning, the piece that repeats. */
const HOSTILE: readonly (readonly [string, string, string, string])[] = [
  ['pieces without equals signs', 'application/x-www-form-urlencoded', '', 'a&'],
  ['separators', 'application/x-www-form-urlencoded', '', '&'],
  ['equals signs', 'application/x-www-form-urlencoded', 'a', '='],
  ['broken escapes', 'application/x-www-form-urlencoded', 'a=', '%'],
  ['escapes', 'application/x-www-form-urlencoded', 'a=', '%41+'],
  ['lists in lists', 'application/json', '', '['],
  ['objects in objects', 'application/json', '', '{"a":'],
  ['objects in objects with long keys', 'application/json', '', `{"${'k'.repeat(200)}":`],
  ['a long key above many values', 'application/json', `{"${'k'.repeat(50_000)}":[`, '1,'],
  ['many values', 'application/json', '[', '1,'],
  ['many keys', 'application/json', '{', '"":"",'],
  ['escapes in a string', 'application/json', '"', '\\n'],
  ['code units in a string', 'application/json', '"', '\\ud83d'],
  ['backslashes in a string', 'application/json', '"', '\\\\'],
  ['digits', 'application/json', '', '1'],
  ['exponents', 'application/json', '', '1e'],
  ['blanks', 'application/json', '', ' '],
  ['elements in elements', 'application/xml', '', '<a>'],
  ['elements in a root', 'application/xml', '<a>', '<b/>'],
  ['attributes', 'application/xml', '<a', ' b="c"'],
  ['blanks in a tag', 'application/xml', '<a', ' '],
  ['a long name', 'application/xml', '<', 'a'],
  ['marks in a comment', 'application/xml', '<a><!--', '>'],
  ['hyphens in a comment', 'application/xml', '<a><!--', '- ->'],
  ['brackets in CDATA', 'application/xml', '<a><![CDATA[', ']>'],
  ['brackets in a DOCTYPE', 'application/xml', '<!DOCTYPE a ', '['],
  ['quotation marks in a DOCTYPE', 'application/xml', '<!DOCTYPE a ', '"\''],
  ['ampersands', 'application/xml', '<a>', '&'],
  ['references', 'application/xml', '<a>', '&#65;'],
  ['encodings in an instruction', 'application/xml', '<?xml ', ' encoding=" '],
  ['CDATA without text', 'application/xml', '<a>', '<![CDATA[]]>'],
  ['comments between characters', 'application/xml', '<a>', 'x<!---->'],
  ['line ends', 'multipart/form-data; boundary=xy', part(''), '\n'],
  ['lines of hyphens', 'multipart/form-data; boundary=xy', part(''), '\n--'],
  ['hyphens', 'multipart/form-data; boundary=xy', part(''), '-'],
  ['lines like delimiters', 'multipart/form-data; boundary=xy', part(''), '\n--xyz'],
  ['delimiters', 'multipart/form-data; boundary=xy', '', '--xy\n'],
  ['parts', 'multipart/form-data; boundary=xy', '', part('x\n')],
  ['header lines', 'multipart/form-data; boundary=xy', '--xy\n', 'a:b\n'],
  ['folded header lines', 'multipart/form-data; boundary=xy', '--xy\na:b\n', ' c\n'],
  ['parameters', 'multipart/form-data; boundary=xy', '--xy\nContent-Disposition: form-data', '; name="a"'],
  [
    'backslashes in a name',
    'multipart/form-data; boundary=xy',
    '--xy\nContent-Disposition: form-data; name="',
    '\\',
  ],
  ['blanks in a header', 'multipart/form-data; boundary=xy', '--xy\nContent-Disposition: form-data;', ' '],
  ['hidden dispositions', 'multipart/form-data; boundary=xy', part(''), '\n--a\ncontent-disposition'],
  ['carriage returns', 'multipart/form-data; boundary=xy', part(''), '\r'],
];

describe('the time to read a body', () => {
  for (const [title, type, beginning, piece] of HOSTILE) {
    it(`grows with its length: ${type.split(';')[0]} of ${title}`, () => {
      for (const limits of [USUAL, WIDE]) {
        const read = (length: number) => timeOf(type, fill(beginning, piece, length), limits);
        read(SMALL);
        const small = Math.max(FLOOR_MS, read(SMALL), read(SMALL));
        const large = Math.min(read(LARGE), read(LARGE));
        assert.ok(large < small * GROWTH_MAX, `${small.toFixed(1)} ms, then ${large.toFixed(1)} ms`);
      }
    });
  }

  it('grows with its length for cookies', () => {
    for (const piece of [';', ' ', 'a;', '=;', '; ']) {
      const startMs = performance.now();
      readCookies(fill('', piece, LARGE), 1_000_000);
      assert.ok(performance.now() - startMs < FLOOR_MS * GROWTH_MAX * 8);
    }
  });
});

function part(content: string): string {
  return `--xy\nContent-Disposition: form-data; name="a"\n\n${content}`;
}

function fill(beginning: string, piece: string, length: number): string {
  return (beginning + piece.repeat(Math.ceil(length / piece.length))).slice(0, length);
}

function timeOf(type: string, text: string, limits: BodyLimits): number {
  const bytes = Buffer.from(text, 'latin1');
  const startMs = performance.now();
  const body = readRequestBody(bytes, true, type, null, limits, 0);
  if (body.processor !== null) body.parse(body.processor);
  return performance.now() - startMs;
}
