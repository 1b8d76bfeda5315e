/**
 * No input takes long: 128 KiB of whatever grows best in a rule is judged within 150 ms.
 *
 * Processor time of the thread counts, and of several tries the fastest, since other programs share the machine and
 * runtimes compile on the way. The budget leaves room for slow machines: a rule whose time grows faster than its input
 * fails by orders of magnitude.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { runs } from '../../../tests/support/fuzz.ts';
import { createSystemClock } from '../../core/clock.ts';
import { builtinOf, judgeBody, judgeHead } from './testing/judging.ts';

const BYTES = 128 * 1024;
const BUDGET_MS = 150;
const TRIES = 8;

/** As a node sets them up: whatever takes longer than its budget is refused for that. */
const rules = builtinOf({ learnsHabits: true, clock: createSystemClock() });

/** Every way into the rules that a long text can take. */
const WAYS: Readonly<Record<string, (text: string) => void>> = {
  path: (text) => judgeHead(rules, `/${text}`),
  query: (text) => judgeHead(rules, `/?a=${text}`),
  cookie: (text) => judgeHead(rules, '/', [['cookie', text]]),
  header: (text) => judgeHead(rules, '/', [['x-a', text]]),
  agent: (text) => judgeHead(rules, '/', [['user-agent', text]]),
  form: (text) => judgeBody(rules, text, 'application/x-www-form-urlencoded'),
  value: (text) => judgeBody(rules, `a=${text}`, 'application/x-www-form-urlencoded'),
  json: (text) => judgeBody(rules, text, 'application/json'),
  multipart: (text) => judgeBody(rules, text, 'multipart/form-data; boundary=b'),
  text: (text) => judgeBody(rules, text, 'text/plain'),
  xml: (text) => judgeBody(rules, text, 'application/xml'),
};

function grow(unit: string): string {
  return unit.repeat(Math.ceil(BYTES / unit.length)).slice(0, BYTES);
}

/** Milliseconds of processor time of the fastest try; no further ones once the budget is kept. */
function fastest(judge: (text: string) => void, text: string): number {
  let best = Number.POSITIVE_INFINITY;
  for (let attempt = 0; attempt < TRIES && best >= BUDGET_MS; attempt += 1) {
    const start = process.threadCpuUsage();
    judge(text);
    const { user, system } = process.threadCpuUsage(start);
    best = Math.min(best, (user + system) / 1000);
  }
  return best;
}

describe('128 KiB', () => {
  const units: readonly string[] = [
    ...[
      '{{',
      '$' + '{',
      '{{a',
      '{{(',
      '#{a.',
      '<%',
      '<%=a',
      '{%',
      '[[',
      '@(',
      '__$' + '{',
      '(#a=',
      '#set(',
      '$' + '{a:',
      '{{"',
    ],
    ...[
      '<?',
      '<!ENTITY ',
      '<!DOCTYPE a ',
      '<xsl:a ',
      '<!-- #',
      'O:1:',
      'O:1:"a',
      ')(',
      '*)',
      'child::',
      "'] |",
      'system(',
      'print((',
      '"system(',
    ],
    ...[
      '../a/',
      '.\x00./',
      '\xc0\xaf',
      '%c0%qf',
      '0x2f',
      '0x2e',
      '\xe2\x88\x95',
      '..\\',
      '/etc/',
      '/./',
      'c:\\',
      'a=../',
      '\\u0041',
      '\\x41',
      '\\n',
      '\\74',
    ],
    ...[
      'cat ',
      'ls -',
      '/?/',
      '/bin/',
      'for %a in ',
      'echo $((',
      '{a,-',
      '\nset-cookie:',
      'http://',
      'data:;base64,',
      'phn',
      'java.',
      'ro0 ',
    ],
    ...[
      '<',
      '<a ',
      '<a a=',
      '<a on',
      '<a onx ',
      '"',
      "'",
      '`',
      '`a',
      '" on',
      '";alert ',
      '= javascript:',
      '=j a v a s ',
    ],
    ...[
      ';',
      ';cat ',
      ';cat -',
      ';id',
      ';                ',
      '|',
      '&& ',
      '\n ',
      '$(',
      '$(id',
      '$' + '{a$' + '{',
    ],
    ...[
      '..',
      '../',
      '..;/',
      '....//',
      '/',
      '\\',
      'etc/',
      '.ssh/',
      '(',
      ')',
      'select ',
      'union ((((((( ',
      'union select ',
    ],
    ...[
      'and (',
      'and select ',
      '=(select a ',
      '; select a,',
      '; drop table a ',
      'select a from ',
      'sleep(',
      'having ',
    ],
    ...[
      '--',
      '/*',
      '/**/',
      '/*!',
      '#',
      '0x',
      '1e',
      '1 ',
      'or 1=',
      "' or ",
      'a.b',
      '@',
      'xor ',
      'information_schema',
    ],
    ...[
      '%',
      '%25',
      '%252525',
      '%u0041',
      '%41',
      '+',
      '&#',
      '&#000000000',
      '&#x0',
      '&lt',
      '&a',
      'a&',
      'a=b&',
      '&=',
    ],
    ...[
      '\xc0\xae',
      '\xe0\x80\xae',
      '\x00',
      '\xff',
      '\\u0041',
      '{"',
      '":"',
      '\\"',
      '[',
      '\r\n--b\r\n\r\n',
      '; name="',
    ],
  ];
  for (const [way, judge] of Object.entries(WAYS)) {
    it(`of one repeated piece in the ${way} takes no long time`, () => {
      for (const unit of units) {
        const spent = fastest(judge, grow(unit));
        assert.ok(spent < BUDGET_MS, `${JSON.stringify(unit)} took ${spent.toFixed(0)} ms`);
      }
    });
  }

  const alphabets = [
    '<>\'"`=;|&$()/\\ .-#*%+\n\t',
    '<a on=\'"=(/ ',
    ';|& \ncatidlsh-/',
    '\' "ornd&|=1()-,;selctufmi*/',
    '%2530ux&#lt;',
    '{}[]":\\,u0',
    '\r\n-b";= namefilcotd',
  ];
  it('of signs that rules look at takes no long time', () => {
    const texts = fc
      .constantFrom(...alphabets)
      .chain((alphabet) =>
        fc.tuple(
          fc.array(fc.constantFrom(...alphabet), { maxLength: 8 }),
          fc.array(fc.constantFrom(...alphabet), { minLength: 1, maxLength: 400 }),
        ),
      );
    fc.assert(
      fc.property(texts, fc.constantFrom(...Object.keys(WAYS)), ([prefix, unit], way) => {
        const text = prefix.join('') + grow(unit.join(''));
        const spent = fastest(WAYS[way] ?? assert.fail, text);
        assert.ok(spent < BUDGET_MS, `took ${spent.toFixed(0)} ms`);
      }),
      { numRuns: runs(100), endOnFailure: true },
    );
  });
});
