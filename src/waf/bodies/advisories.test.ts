/** Ways around a firewall that others had to close, as far as they concern bodies: each has to stay closed here. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readCookies } from './cookies.ts';
import type { BodyLimits, ParsedBody } from './parsed-body.ts';
import { readRequestBody } from './request-body.ts';
import { LIMITS, pairsOf } from './testing/bodies.ts';
import { readPairs } from './urlencoded.ts';

const ATTACK = '<script>alert(1)</script>';
const PART = `--xy\r\nContent-Disposition: form-data; name="a"\r\n\r\n${ATTACK}\r\n--xy--\r\n`;

function parse(body: string, contentType: string, limits: BodyLimits = LIMITS, complete = true): ParsedBody {
  const read = readRequestBody(Buffer.from(body, 'latin1'), complete, contentType, null, limits, 1_000_000);
  assert.notEqual(read.processor, null, contentType);
  return read.parse(read.processor ?? 'URLENCODED');
}

function holdsAttack(body: ParsedBody): boolean {
  return [...body.fields.map(({ value }) => value), ...body.xmlTexts].some((text) => text.includes(ATTACK));
}

describe('no body hides an attack', () => {
  it('behind more arguments than the limit', () => {
    const few = { ...LIMITS, argumentsMax: 5 };
    const form = parse(`${'a=1&'.repeat(10)}x=${ATTACK}`, 'application/x-www-form-urlencoded', few);
    const json = parse(`{${'"a":1,'.repeat(10)}"x":"${ATTACK}"}`, 'application/json', few);
    const xml = parse(`<r>${'<a>1</a>'.repeat(10)}<b><![CDATA[${ATTACK}]]></b></r>`, 'text/xml', few);
    const part = '--xy\r\nContent-Disposition: form-data; name="b"\r\n\r\n1\r\n';
    const parts = parse(part.repeat(10) + PART, 'multipart/form-data; boundary=xy', few);
    for (const body of [form, json, xml, parts]) {
      assert.equal(body.fault?.kind, 'limit', body.processor);
      assert.ok(holdsAttack(body), body.processor);
    }
    assert.ok(readPairs(`a&b&x=${ATTACK}`, '&', 2).pairs.some(({ value }) => value.includes(ATTACK)));
    assert.ok(readCookies(`a=1; b=2; x=${ATTACK}`, 2).pairs.some(({ value }) => value.includes(ATTACK)));
  });

  it('behind a second Content-Type', () => {
    const body = parse(`{"a":"${ATTACK}"}`, 'text/plain, application/json');
    assert.ok(holdsAttack(body));
    assert.equal(body.fault?.kind, 'syntax');
  });

  it('behind a parameter or an odd spelling of Content-Type', () => {
    for (const type of [
      'application/json; charset=utf-8',
      'application/json;charset=x; charset=y',
      'APPLICATION/JSON ;',
      'application/json;"',
      '\tapplication/json',
    ]) {
      assert.ok(holdsAttack(parse(`{"a":"${ATTACK}"}`, type)), type);
    }
  });

  it('in a character set that the parsers do not read', () => {
    const utf16 = Buffer.from(`{"a":"${ATTACK}"}`, 'utf16le');
    const read = readRequestBody(utf16, true, 'application/json; charset=utf-16le', null, LIMITS, 1000);
    assert.ok(holdsAttack(read.parse('JSON')));
    const utf7 = Buffer.from('+ADw-script+AD4-');
    const other = readRequestBody(utf7, true, 'text/xml; charset=utf-7', null, LIMITS, 1000);
    assert.notEqual(other.unpackFault, null);
  });

  it('in a file that another name makes a field', () => {
    for (const parameters of [
      'name="a"; filename=""',
      'name="a"; filename="x"; filename*=UTF-8\'\'y',
      'name="a"; filename="x"; filename="y"',
      'name="a"; filename="x',
      'name="a"; filename="x"; name="b"',
      'name="a"; filename=\'x\'',
    ]) {
      const text = PART.replace('name="a"', parameters);
      assert.ok(holdsAttack(parse(text, 'multipart/form-data; boundary=xy')), parameters);
    }
  });

  it('behind a JSON key that occurs twice, or reads like another path', () => {
    for (const text of [
      `{"a":"x","a":"${ATTACK}"}`,
      `{"a":"${ATTACK}","a":"x"}`,
      `{"a":{"b":"x"},"a.b":"${ATTACK}"}`,
      `{"a":"x","\\u0061":"${ATTACK}"}`,
    ]) {
      const body = parse(text, 'application/json');
      assert.ok(holdsAttack(body), text);
      assert.equal(body.fields.length, 2);
    }
  });

  it('in the names of JSON values', () => {
    const body = parse(`{"${ATTACK}":{},"b":{"${ATTACK}x":1}}`, 'application/json');
    assert.ok(body.fields.every(({ name }) => name.includes(ATTACK)));
  });

  it('behind nesting that breaks a parser', () => {
    const deep = 100_000;
    for (const [text, type] of [
      ['['.repeat(deep), 'application/json'],
      ['{"a":'.repeat(deep), 'application/json'],
      ['<a>'.repeat(deep), 'text/xml'],
    ] as const) {
      assert.equal(parse(text, type).fault?.kind, 'limit', text.slice(0, 5));
    }
  });

  it('behind entities that expand', () => {
    const bomb = '<!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><r>&b;</r>';
    const body = parse(bomb, 'text/xml');
    assert.equal(body.fault?.kind, 'syntax');
    assert.ok(body.xmlTexts.join('').length <= bomb.length);
  });

  it('in a cookie with control characters', () => {
    const { pairs } = readCookies(`a="\u0000${ATTACK}\u007f"; \u0001b=${ATTACK}`, 10);
    assert.ok(pairs.every(({ value }) => value.includes(ATTACK)));
    assert.equal(pairs.length, 2);
  });

  it('in a form of parts that is cut off', () => {
    for (let length = PART.indexOf('</script>') + 9; length < PART.length - 4; length += 1) {
      const body = parse(PART.slice(0, length), 'multipart/form-data; boundary=xy', LIMITS, false);
      assert.equal(body.fault?.kind, 'truncated', String(length));
      assert.ok(holdsAttack(body), String(length));
    }
  });

  it('in front of the first part or behind the last one', () => {
    for (const text of [`${ATTACK}\r\n${PART}`, `${PART}${ATTACK}`, `${PART}--xy\r\n\r\n${ATTACK}`]) {
      assert.equal(
        parse(text.replace(PART, PART.replace(ATTACK, '')), 'multipart/form-data; boundary=xy').fields.some(
          ({ value }) => value.includes(ATTACK),
        ),
        true,
      );
    }
  });

  it('in arguments beside escapes that are broken', () => {
    assert.deepEqual(pairsOf({ fields: readPairs(`%=%zz&%u=%&x=${ATTACK}`, '&', 10).pairs }), [
      '%=%zz',
      '%u=%',
      `x=${ATTACK}`,
    ]);
  });
});
