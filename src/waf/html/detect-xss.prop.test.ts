/** What holds for the search whatever the text: findings lie in it, cheap looks are sound, and time grows with length. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { runs } from '../../../tests/support/fuzz.ts';
import { detectXss, findXss, XSS_CHARACTERS } from './detect-xss.ts';
import { XSS_RULES } from './xss-finding.ts';

/** Pieces of attacks; texts made of them match often, and in ways nobody thought of. */
const PIECES: readonly string[] = [
  ...[
    '<',
    '>',
    '</',
    '/>',
    '"',
    "'",
    '`',
    '=',
    ' ',
    '\n',
    '\0',
    '/',
    '<!--',
    '-->',
    '<!',
    '<?',
    ']',
    '[',
    '{{',
    '}}',
  ],
  ...[
    'script',
    'svg',
    'iframe',
    'style',
    'a',
    'animate',
    'meta',
    'onload',
    'onerror',
    'on',
    'href',
    'src',
    'to',
    'x',
  ],
  ...[
    'javascript:',
    'data:text/html,',
    'vbscript:',
    '&#x6a;',
    '&Tab;',
    '&lt;',
    'java',
    '\t',
    ':',
    'expression(',
    '\\65',
  ],
  ...[
    'alert',
    '(1)',
    '`1`',
    'constructor',
    '.',
    '+',
    '-',
    ';',
    '//',
    '/*',
    '*/',
    '${',
    '}',
    'document.cookie',
    'eval',
  ],
  ...[
    'top',
    '"al"',
    '\\u0061',
    '\\x3c',
    '+ADw-',
    '\xef\xbc\x9c',
    '\xbc',
    'location',
    '![]',
    '[]',
    '()',
    '=>',
    'throw ',
  ],
];

const attack = fc.array(fc.constantFrom(...PIECES), { maxLength: 16 }).map((pieces) => pieces.join(''));
const bytes = fc
  .uint8Array({ maxLength: 64 })
  .map((array) => Buffer.from(array.buffer, array.byteOffset, array.length).toString('latin1'));
const anyText = fc.oneof(
  attack,
  bytes,
  fc.tuple(bytes, attack, bytes).map((parts) => parts.join('')),
);

describe('the search for cross-site scripting', () => {
  it('reports known rules once each, by score, within the text', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const findings = findXss(text);
        assert.equal(new Set(findings.map(({ rule }) => rule)).size, findings.length);
        let last = 5;
        for (const { rule, score, start, end, kind } of findings) {
          assert.ok(XSS_RULES.includes(rule) && rule.kind === kind);
          assert.ok(score <= last && score >= 2);
          assert.ok(start >= 0 && start <= end && end <= text.length, `${start}..${end} of ${text.length}`);
          last = score;
        }
      }),
      { numRuns: runs(3000) },
    );
  });

  it('finds nothing in a text without one of its characters', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const plain = [...text].filter(
          (character) => !XSS_CHARACTERS.includes(character) && character < '\x80',
        );
        assert.equal(findXss(plain.join('')).length, 0);
        assert.equal(detectXss(plain.join('')), null);
      }),
      { numRuns: runs(500) },
    );
  });

  it('proves a script element behind any text that ends its own tags and quotations', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...PIECES), { maxLength: 6 }), (pieces) => {
        const text = `${pieces.join('')}"'><script>`;
        assert.equal(findXss(text)[0]?.score, 5);
        assert.notEqual(detectXss(text), null);
      }),
      { numRuns: runs(1000) },
    );
  });

  it('proves a handler in a tag of any name behind any event', () => {
    const letters = fc.stringMatching(/^[a-z]{3,12}$/);
    const separator = fc.constantFrom(' ', '/', '\n', '\t', '\f', ' / ', '"', "'");
    fc.assert(
      fc.property(letters, letters, separator, (element, event, between) => {
        fc.pre(!/^(?:ce|ly|line|set|to|ward|wards)$/.test(event) && !/^(?:line|ward)/.test(event));
        assert.equal(findXss(`<${element} a=""${between}on${event}=alert(1)>`)[0]?.score, 5);
      }),
      { numRuns: runs(500) },
    );
  });
});

const BYTES = 128 * 1024;
/** Far above what the search takes, far below what anything that grows faster would. */
const BUDGET_MS = 100;
const TRIES = 5;

describe('128 KiB of whatever grows best', () => {
  const units = [
    ...[
      '<a ',
      '<a href="',
      '<x onabc=1 ',
      '<x a=&Tab;',
      '<x style=\\',
      '<style>@import',
      '<a onx',
      '<!doctype x ',
      '<a\0',
    ],
    ...[
      '"',
      "'",
      '`',
      '&#x',
      '\\u{',
      '\\',
      '{{',
      '{{constructor',
      '{{orderBy',
      '${',
      '/*',
      '/',
      '(',
      '[',
      '](',
      '[]',
    ],
    ...[
      ' onaaa=a(',
      '"x=',
      '" onfoo=bar ',
      'x y z ',
      'j',
      'java\tscript',
      'javascript:void(',
      'view-source:',
      'data:',
      ' ',
    ],
    ...[
      '\\x3c',
      '+ADw-',
      '+A',
      '\xef\xbc\x9c',
      '\xbc',
      'a=alert;',
      '.constructor',
      'self["',
      "'+'",
      'location=',
      'alert ',
    ],
  ];
  for (const unit of units) {
    it(`is judged in time: ${JSON.stringify(unit)}`, () => {
      for (const beginning of ['', '<a x=" onfoo=', 'javascript:', "x' onfoo='"]) {
        const text = (beginning + unit.repeat(BYTES / unit.length + 1)).slice(0, BYTES);
        assert.ok(fastestMs(text) < BUDGET_MS);
      }
    });
  }
});

/** Milliseconds of processor time of the fastest try; no further ones once the budget is kept. */
function fastestMs(text: string): number {
  let best = Number.POSITIVE_INFINITY;
  for (let attempt = 0; attempt < TRIES && best > BUDGET_MS; attempt += 1) {
    const before = process.cpuUsage();
    findXss(text);
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, (user + system) / 1000);
  }
  return best;
}
