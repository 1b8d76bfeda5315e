/** Each parser against an encoder, and against the platform's own parser where there is one. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { FormDataParser } from './form-data.ts';
import { JsonParser } from './json.ts';
import type { BodyField, BodyLimits } from './parsed-body.ts';
import { pairsOf, readCut, readWhole } from './testing/bodies.ts';
import { readPairs, UrlencodedParser } from './urlencoded.ts';
import { XmlParser } from './xml.ts';

const LIMITS: BodyLimits = {
  argumentsMax: 100_000,
  depthMax: 10_000,
  partsMax: 1000,
  partHeaderBytesMax: 100_000,
  fileBytesKept: 100_000,
};
const RUNS = { numRuns: 300 };

const octets = fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes).toString('latin1'));
const characters = fc.string({ unit: 'grapheme', maxLength: 20 });
const cuts = fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 20 });
const pairs = fc.array(fc.record({ name: octets, value: octets }, { noNullPrototype: true }), {
  maxLength: 8,
});

describe('a form', () => {
  it('comes back as it was encoded', () => {
    fc.assert(
      fc.property(pairs, cuts, (fields, at) => {
        const text = fields.map(({ name, value }) => `${escapeAll(name)}=${escapeAll(value)}`).join('&');
        const body = readCut(new UrlencodedParser('&', 100), text, at);
        assert.deepEqual(body.fields, fields);
        assert.equal(body.fault, null);
      }),
      RUNS,
    );
  });

  it('is read as URLSearchParams reads it', () => {
    const piece = fc.oneof(
      fc.constantFrom('&', '=', '%', '%41', '%c3%a9', '+', '%zz', '%4', '?', '&&'),
      characters,
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (list) => {
        // Query strings are ASCII; Node reads other characters beside broken escapes as single octets.
        const query = list
          .join('')
          .toWellFormed()
          .replace(/^\?+/, '')
          .replace(/[\u0080-\uffff]+/g, encodeURIComponent);
        const expected = [...new URLSearchParams(query)].map(([name, value]) => `${name}=${value}`);
        const read = readPairs(latin1(query), '&', 1000).pairs;
        assert.deepEqual(pairsOf({ fields: read }).map(utf8), expected);
      }),
      RUNS,
    );
  });
});

describe('a JSON document', () => {
  it('comes back as it was encoded', () => {
    fc.assert(
      fc.property(fc.jsonValue(), cuts, fc.boolean(), (value, at, pretty) => {
        const text = latin1(JSON.stringify(value, null, pretty ? 2 : undefined));
        const body = readCut(new JsonParser(LIMITS), text, at);
        assert.equal(body.fault, null);
        assert.deepEqual(body.fields, fieldsOf('json', value, true));
      }),
      RUNS,
    );
  });

  it('is accepted if and only if JSON.parse accepts it', () => {
    const piece = fc.constantFrom(
      ...'{}[],:"\\ 01-+.eE/u\n\t\u0000'.split(''),
      ...[
        'true',
        'false',
        'null',
        '""',
        '"a":',
        '12',
        '\\u12aF',
        '\u00a0',
        '\u2028',
        '\ufeff',
        '[]',
        '{}',
        '-0',
      ],
    );
    const pieces = fc.array(piece, { maxLength: 10, size: 'max' }).map((list) => list.join(''));
    const damaged = fc
      .tuple(fc.json(), fc.nat(), fc.nat({ max: 3 }), piece)
      .map(([text, at, length, insert]) => {
        const index = at % (text.length + 1);
        return text.slice(0, index) + insert + text.slice(index + length);
      });
    fc.assert(
      fc.property(fc.oneof(pieces, damaged, fc.json()), (text) => {
        const wellFormed = text.toWellFormed();
        const accepted = readWhole(new JsonParser(LIMITS), latin1(wellFormed)).fault === null;
        assert.equal(accepted, isJson(wellFormed), wellFormed);
      }),
      { numRuns: 3000 },
    );
  });
});

describe('an XML document', () => {
  it('comes back as it was encoded', () => {
    const text = characters.map((value) => value.replace(/[^\t\n\r -\ufffd]/g, '').toWellFormed());
    const element = fc.tuple(fc.array(text, { maxLength: 3 }), text, fc.boolean());
    fc.assert(
      fc.property(fc.array(element, { maxLength: 6 }), cuts, (elements, at) => {
        const inner = elements.map(([attributes, content, asData]) => {
          const written = attributes.map((value, index) => ` a${index}="${escapeXml(value)}"`).join('');
          return `<e${written}>${asData ? toCdata(content) : escapeXml(content)}</e>`;
        });
        const body = readCut(new XmlParser(LIMITS), latin1(`<r>${inner.join('')}</r>`), at);
        assert.equal(body.fault, null);
        assert.deepEqual(
          body.xmlAttributes.map(utf8),
          elements.flatMap(([attributes]) => attributes),
        );
        const expected = elements
          .map(([, content]) => trimAscii(content))
          .filter((content) => content !== '');
        assert.deepEqual(body.xmlTexts.map(utf8), expected);
      }),
      RUNS,
    );
  });
});

describe('a form of parts', () => {
  it('comes back as it was encoded', () => {
    const name = octets.map((value) => value.replace(/[^ -~\x80-\xff]/g, ''));
    const parts = fc.array(fc.record({ name, value: octets, isFile: fc.boolean() }), { maxLength: 6 });
    fc.assert(
      fc.property(parts, cuts, fc.constantFrom('\r\n', '\n'), (list, at, end) => {
        const written = list.map(
          (part) =>
            `--q1q2${end}Content-Disposition: form-data; name="${escapeQuotes(part.name)}"` +
            `${part.isFile ? '; filename="x"' : ''}${end}${end}${part.value}${end}`,
        );
        // A lone line feed before a carriage return's line feed would be read as one line end.
        fc.pre(end === '\r\n' || list.every(({ value }) => !value.endsWith('\r')));
        const text = `${written.join('')}--q1q2--${end}`;
        const type = 'multipart/form-data; boundary=q1q2';
        const body = readCut(new FormDataParser(type, LIMITS), text, at);
        assert.equal(body.fault, null);
        assert.deepEqual(
          body.fields,
          list.filter((part) => !part.isFile).map((part) => ({ name: part.name, value: part.value })),
        );
        assert.deepEqual(
          body.files.map((file) => file.beginning),
          list.filter((part) => part.isFile).map((part) => part.value),
        );
      }),
      RUNS,
    );
  });
});

function fieldsOf(name: string, value: unknown, isTop: boolean): BodyField[] {
  if (typeof value !== 'object' || value === null) {
    return [{ name, value: typeof value === 'string' ? latin1(value) : JSON.stringify(value) }];
  }
  const entries = Object.entries(value);
  if (entries.length === 0) return isTop ? [] : [{ name, value: '' }];
  const inner = entries.flatMap(([key, child]) => fieldsOf(`${name}.${latin1(key)}`, child, false));
  return Array.isArray(value) && !isTop ? [...inner, { name, value: String(value.length) }] : inner;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function escapeAll(text: string): string {
  return text.replace(/[^a-z]/g, (character) =>
    character === ' ' ? '+' : `%${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
}

function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}

function toCdata(text: string): string {
  return `<![CDATA[${text.replaceAll(']]>', ']]]]><![CDATA[>')}]]>`;
}

function trimAscii(text: string): string {
  return text.replace(/^[ \t\r\n]+/, '').replace(/[ \t\r\n]+$/, '');
}

function escapeQuotes(text: string): string {
  return text.replace(/["\\]/g, '\\$&');
}

function latin1(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

function utf8(text: string): string {
  return Buffer.from(text, 'latin1').toString('utf8');
}
