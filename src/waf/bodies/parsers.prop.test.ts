/** Properties that every body parser has, whatever is written to it. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { BodyParser } from './body-parser.ts';
import { FormDataParser } from './form-data.ts';
import { JsonParser } from './json.ts';
import type { BodyLimits, ParsedBody } from './parsed-body.ts';
import { LIMITS, readCut, readOctets, readWhole } from './testing/bodies.ts';
import { UrlencodedParser } from './urlencoded.ts';
import { XmlParser } from './xml.ts';

const TIGHT: BodyLimits = {
  argumentsMax: 3,
  depthMax: 3,
  partsMax: 2,
  partHeaderBytesMax: 60,
  fileBytesKept: 5,
};

interface Kind {
  readonly title: string;
  readonly create: (limits: BodyLimits) => BodyParser;
  /** Pieces that texts are made of: all the marks of the format, and pieces of them. */
  readonly pieces: readonly string[];
}

const KINDS: readonly Kind[] = [
  {
    title: 'urlencoded',
    create: ({ argumentsMax }) => new UrlencodedParser('&', argumentsMax),
    pieces: ['&', '=', '%', '%4', '%41', '+', 'a', 'bc', '\u00ff', '&&', '=='],
  },
  {
    title: 'form data',
    create: (limits) => new FormDataParser('multipart/form-data; boundary=xy', limits),
    pieces: [
      '--xy',
      '--xy\r\n',
      '\r\n--xy\r\n',
      '\r\n--xy--',
      '--xy--\r\n',
      '\n--xy\n',
      '--',
      '-',
      '\r',
      '\n',
      '\r\n',
      '\r\n\r\n',
      'Content-Disposition: form-data; name="a"',
      'Content-Disposition: form-data; name="f"; filename="x"\r\n\r\n',
      'Content-Disposition: form-data; name="a"\r\n\r\nvalue',
      ' folded',
      '"',
      'text',
      '--xyz',
      '--x',
    ],
  },
  {
    title: 'JSON',
    create: (limits) => new JsonParser(limits),
    pieces: [
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"',
      '"a"',
      '"k":',
      '\\',
      '\\u0041',
      '\\ud83d',
      '\\ude00',
      '\\n',
      '1',
      '-0.5e+7',
      'true',
      'nul',
      ' ',
      '\n',
      '\u0001',
      'x',
      '{"k":"v"}',
      '[1,2]',
    ],
  },
  {
    title: 'XML',
    create: (limits) => new XmlParser(limits),
    pieces: [
      '<a>',
      '</a>',
      '<a b="c">',
      "<d e='f'/>",
      '<',
      '>',
      '/',
      '"',
      "'",
      '&amp;',
      '&#65;',
      '&x;',
      '&',
      '<!--',
      '-->',
      '-',
      '<![CDATA[',
      ']]>',
      ']',
      '<!DOCTYPE a [<!ENTITY b "c">]>',
      '<!DOCTYPE',
      '<?xml version="1.0" encoding="utf-7"?>',
      '<?',
      '?>',
      '<!',
      'text',
      ' ',
      '\u0002',
    ],
  },
];

function keptLength(body: ParsedBody): number {
  return [
    ...body.fields.map(({ value }) => value),
    ...body.xmlTexts,
    ...body.xmlAttributes,
    ...body.files.map(({ beginning }) => beginning),
  ].reduce((total, text) => total + text.length, 0);
}

for (const { title, create, pieces } of KINDS) {
  const texts = fc
    .array(fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...pieces) }, latin1()), {
      maxLength: 24,
      size: 'max',
    })
    .map((list) => list.join(''));

  describe(`any ${title} body`, () => {
    for (const limits of [LIMITS, TIGHT]) {
      const tightness = limits === TIGHT ? 'tight' : 'wide';
      it(`reads the same wherever it is cut, with ${tightness} limits`, () => {
        fc.assert(
          fc.property(
            texts,
            fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 30, size: 'max' }),
            fc.boolean(),
            (text, cuts, complete) => {
              const whole = readWhole(create(limits), text, complete);
              assert.deepEqual(readCut(create(limits), text, cuts, complete), whole);
              assert.deepEqual(readOctets(create(limits), text, complete), whole);
            },
          ),
          { numRuns: 400 },
        );
      });
    }

    it('keeps a bounded amount', () => {
      fc.assert(
        fc.property(texts, (text) => {
          for (const limits of [LIMITS, TIGHT]) {
            const body = readWhole(create(limits), text);
            assert.ok(keptLength(body) <= 4 * text.length + 64);
            assert.ok(body.fields.length <= limits.argumentsMax + 2);
            assert.ok((body.fault?.message.length ?? 0) <= 200);
          }
        }),
      );
    });

    it('has a fault when its end is missing', () => {
      fc.assert(
        fc.property(texts, (text) => {
          assert.notEqual(readWhole(create(LIMITS), text, false).fault, null);
        }),
      );
    });
  });
}

function latin1(): fc.Arbitrary<string> {
  return fc.uint8Array({ maxLength: 6 }).map((bytes) => Buffer.from(bytes).toString('latin1'));
}
