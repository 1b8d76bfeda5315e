/** What holds for whatever a client sends: no exception, no hiding behind encodings, no false alarm. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { runs, sameRuns } from '../../../tests/support/fuzz.ts';
import { builtinOf, judgeBody, judgeHead } from './testing/judging.ts';

const rules = builtinOf();

const CONTENT_TYPES = [
  ...[
    'application/x-www-form-urlencoded',
    'application/json',
    'multipart/form-data; boundary=b',
    'text/plain',
    '',
  ],
];

const latin1 = (maxLength: number): fc.Arbitrary<string> =>
  fc.uint8Array({ maxLength }).map((bytes) => Buffer.from(bytes).toString('latin1'));

describe('inspecting', () => {
  it('never throws', () => {
    const custom = builtinOf({ customPatterns: ['needle', '^x+$'] });
    const header = fc.tuple(fc.constantFrom('cookie', 'referer', 'user-agent', 'x-a', 'host'), latin1(60));
    fc.assert(
      fc.property(
        latin1(120),
        fc.array(header),
        fc.constantFrom(...CONTENT_TYPES),
        latin1(200),
        (target, fields, type, body) => {
          for (const one of [rules, custom]) {
            assert.ok(judgeHead(one, target, fields).score >= 0);
            assert.ok(judgeBody(one, body, type).score >= 0);
          }
        },
      ),
      { numRuns: runs(300) },
    );
  });
});

/** Attacks as an application would have to receive them; what is done to them below must not hide them. */
const ATTACKS = [
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '" onfocus="alert(1)" x="',
  'javascript:alert(1)',
  "' or 1=1-- ",
  "x' union all select null,null-- ",
  '1 or 1=1',
  "1'; drop table users--",
  '../../../etc/passwd',
  '..\\..\\windows\\win.ini',
  ';cat /etc/passwd',
  '127.0.0.1 && whoami',
  '$(id)',
];

type Encode = (character: string) => string;

const hexOf = (character: string, digits: number): string =>
  character.charCodeAt(0).toString(16).padStart(digits, '0');
const percent: Encode = (character) => `%${hexOf(character, 2)}`;
const ENCODERS: Readonly<Record<string, Encode>> = {
  'percent escapes': percent,
  'doubled percent escapes': (character) => `%25${hexOf(character, 2)}`,
  'percent escapes of every sign of an escape': (character) => percent(character).replace(/./g, percent),
  '%u escapes': (character) => `%u${hexOf(character, 4)}`,
  'over-long forms of two bytes': (character) =>
    `%${(0xc0 | (character.charCodeAt(0) >> 6)).toString(16)}%${(0x80 | (character.charCodeAt(0) & 0x3f)).toString(16)}`,
  'over-long forms of three bytes': (character) =>
    `%e0%${(0x80 | (character.charCodeAt(0) >> 6)).toString(16)}%${(0x80 | (character.charCodeAt(0) & 0x3f)).toString(16)}`,
};
/** Characters that a client cannot send as they are in a query, or that mean something else there. */
const MUST_ENCODE = /[\s&=+%#;\\]/;

/** Encodes the characters that `chosen` picks, and those that have to be. */
function encode(text: string, encoder: Encode, chosen: readonly boolean[]): string {
  return [...text]
    .map((character, index) =>
      chosen[index % chosen.length] === true
        ? encoder(character)
        : MUST_ENCODE.test(character)
          ? percent(character)
          : character,
    )
    .join('');
}

describe('an attack stays visible', () => {
  const choice = fc.array(fc.boolean(), { minLength: 1, maxLength: 12 });

  for (const [name, encoder] of Object.entries(ENCODERS)) {
    it(`behind ${name}, in query, form, cookie and Referer`, () => {
      fc.assert(
        fc.property(fc.constantFrom(...ATTACKS), choice, (attack, chosen) => {
          const value = encode(attack, encoder, chosen);
          assert.notEqual(judgeHead(rules, `/?a=b&c=${value}`).matches.length, 0, 'query');
          assert.notEqual(judgeHead(rules, '/', [['cookie', `a=b; c=${value}`]]).matches.length, 0, 'cookie');
          assert.notEqual(
            judgeHead(rules, '/', [['referer', `https://h/?a=${value}`]]).matches.length,
            0,
            'Referer',
          );
          assert.notEqual(
            judgeBody(rules, `a=b&c=${value}`, 'application/x-www-form-urlencoded').matches.length,
            0,
            'form',
          );
        }),
        { numRuns: runs(100) },
      );
    });
  }

  it('behind plus signs for blanks, and in either case', () => {
    for (const attack of ATTACKS) {
      const value = [...attack]
        .map((character) =>
          character === ' ' ? '+' : MUST_ENCODE.test(character) ? percent(character) : character,
        )
        .join('');
      assert.notEqual(judgeHead(rules, `/?a=${value}`).matches.length, 0, value);
    }
    for (const attack of ATTACKS.filter((text) => !/cat|whoami|id|etc/.test(text))) {
      const value = encodeURIComponent(attack.toUpperCase());
      assert.notEqual(judgeHead(rules, `/?a=${value}`).matches.length, 0, value);
    }
  });

  it('behind code units of JSON', () => {
    fc.assert(
      fc.property(fc.constantFrom(...ATTACKS), choice, (attack, chosen) => {
        const text = [...attack]
          .map((character, index) =>
            chosen[index % chosen.length] === true || /["\\]/.test(character)
              ? `\\u${hexOf(character, 4)}`
              : character,
          )
          .join('');
        assert.notEqual(judgeBody(rules, `{"a":"${text}"}`, 'application/json').matches.length, 0);
      }),
      { numRuns: runs(100) },
    );
  });

  it('behind HTML entities, where script is meant', () => {
    const encoders: readonly Encode[] = [
      (character) => `&#${character.charCodeAt(0)};`,
      (character) => `&#x${hexOf(character, 8)};`,
    ];
    fc.assert(
      fc.property(
        fc.constantFrom(...ATTACKS.slice(0, 4)),
        fc.constantFrom(...encoders),
        choice,
        (attack, encoder, chosen) => {
          const text = [...attack]
            .map((character, index) =>
              chosen[index % chosen.length] === true ? encoder(character) : character,
            )
            .join('');
          assert.notEqual(judgeHead(rules, `/?a=${encodeURIComponent(text)}`).matches.length, 0);
        },
      ),
      { numRuns: runs(100) },
    );
  });

  it('climbing in the path behind every mixture of encodings', () => {
    const dots = ['.', '%2e', '%2E', '%252e', '%c0%ae', '%e0%80%ae', '%u002e', '%uff0e'];
    const slashes = ['/', '\\', '%2f', '%5c', '%252F', '%c0%af', '%c1%9c', '%u002f', ';a=b/', '%20/'];
    fc.assert(
      fc.property(
        fc.constantFrom(...dots),
        fc.constantFrom(...dots),
        fc.constantFrom(...slashes),
        fc.constantFrom('', '?a=b', '?'),
        (first, second, slash, query) => {
          const matches = judgeHead(rules, `/static/${first}${second}${slash}secret${query}`).matches;
          assert.ok(matches.some((match) => match.label === 'PATH_TRAVERSAL'));
        },
      ),
      { numRuns: runs(300) },
    );
  });
});

describe('ordinary requests pass', () => {
  it('with names, numbers and words', () => {
    const word = fc
      .stringMatching(/^[a-zA-Z0-9_~.-]{1,12}$/)
      .filter((text) => !/^\.{2,}$|--|__proto__/.test(text));
    const path = fc.array(word, { maxLength: 5 }).map((segments) => `/${segments.join('/')}`);
    const query = fc
      .array(fc.tuple(word, word), { maxLength: 5 })
      .map((pairs) => pairs.map((pair) => pair.join('=')).join('&'));
    fc.assert(
      fc.property(path, query, (one, other) => {
        const cookie = other.replaceAll('&', '; ');
        assert.deepEqual(judgeHead(rules, `${one}?${other}`, [['cookie', cookie]]).matches, []);
      }),
      { numRuns: runs(500) },
    );
  });

  it('with prose, in every place that takes text', () => {
    const words =
      "a I we O'Brien don't it's the union select all from order by group drop table insert into where and or not like " +
      'is in set id script alert on off once cat find sort more less host time sleep data image base object etc. ' +
      '(maybe) "quoted" R&D 100% $5 #1 50/50 e-mail well-known 12:30 3.14 yes; no, ... C++ <3 → café 你好';
    const prose = fc
      .array(fc.constantFrom(...words.split(' ')), { minLength: 1, maxLength: 12 })
      .map((parts) => parts.join(' '))
      // What a person could say and an attacker would: left out of the property, not out of the rules.
      .filter(
        (text) =>
          !/union (?:all )?select|select .{1,80} from|(?:or|and) \S+ <3|(?:or|and|on|;) ?(?:insert|select|drop|set|#)|drop table \S+ #|'s? (?:or|and|#|order|group)|group by|sleep/.test(
            text,
          ),
      );
    fc.assert(
      fc.property(prose, (text) => {
        assert.ok(judgeHead(rules, `/?q=${encodeURIComponent(text)}`).score < 5);
        const bytes = Buffer.from(text, 'utf8').toString('latin1');
        const form = `q=${encodeURIComponent(text)}`;
        assert.ok(judgeBody(rules, form, 'application/x-www-form-urlencoded').score < 5);
        assert.ok(judgeBody(rules, JSON.stringify({ q: bytes }), 'application/json').score < 5);
        assert.ok(judgeBody(rules, bytes, null).score < 5);
      }),
      sameRuns(500),
    );
  });
});
