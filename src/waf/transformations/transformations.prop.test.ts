import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { TRANSFORMATIONS } from './transformations.ts';

/** Text made of what transformations look for, and of any bytes. */
const text = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '%',
        '%u',
        '%u003c',
        '+',
        '\\',
        '\\x',
        '\\u',
        '&',
        '&#',
        '&#x',
        ';',
        '/',
        '..',
        '/*',
        '*/',
        '--',
      ),
      fc.constantFrom(
        '<!--',
        '-->',
        '#',
        '0x',
        '41',
        'zz',
        ' ',
        '\t',
        '\0',
        '\xa0',
        '\xc2\xa0',
        '\xd0\x90',
        '[',
        ']',
      ),
      fc.string({
        unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)),
        maxLength: 8,
      }),
    ),
    { maxLength: 20 },
  )
  .map((parts) => parts.join(''));

/** How much longer than its input a result may be, as a factor; most never are. */
const GROWTH: ReadonlyMap<string, number> = new Map([
  ['urlencode', 3],
  ['utf8tounicode', 3],
  ['hexencode', 2],
  ['base64encode', 4],
]);
const FIXED_LENGTH: readonly string[] = ['length', 'md5', 'sha1'];

const IDEMPOTENT: readonly string[] = [
  'compresswhitespace',
  'cmdline',
  'lowercase',
  'normalizepath',
  'normalizepathwin',
  'parityeven7bit',
  'parityodd7bit',
  'parityzero7bit',
  'removenulls',
  'removewhitespace',
  'replacecomments',
  'replacenulls',
  'trim',
  'trimleft',
  'trimright',
  'uppercase',
  'utf8tounicode',
];

/** What changes every text by its nature. */
const ALWAYS_CHANGES: readonly string[] = [
  ...FIXED_LENGTH,
  'base64decode',
  'base64decodeext',
  'base64encode',
  'hexdecode',
  'hexencode',
  'parityeven7bit',
  'parityodd7bit',
];

describe('transformations', () => {
  it('give bytes, of no more than the promised length, for any bytes', () => {
    fc.assert(
      fc.property(text, (input) => {
        for (const [name, transform] of TRANSFORMATIONS) {
          const output = transform(input);
          assert.match(output, /^[\0-\xff]*$/, name);
          if (FIXED_LENGTH.includes(name)) continue;
          assert.ok(output.length <= input.length * (GROWTH.get(name) ?? 1), `${name}: ${output}`);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('change nothing the second time where they promise so', () => {
    fc.assert(
      fc.property(text, (input) => {
        for (const name of IDEMPOTENT) {
          const once = TRANSFORMATIONS.get(name)!(input);
          assert.equal(TRANSFORMATIONS.get(name)!(once), once, name);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('leave words alone unless it is their nature to change them', () => {
    const word = fc.stringMatching(/^[a-z0-9_.=:-]{0,30}$/).filter((plain) => !/--|^\.|0x/.test(plain));
    fc.assert(
      fc.property(word, (input) => {
        for (const [name, transform] of TRANSFORMATIONS) {
          if (ALWAYS_CHANGES.includes(name) || ['uppercase', 'urlencode', 'phpargsnames'].includes(name))
            continue;
          assert.equal(transform(input), input, name);
        }
      }),
    );
  });

  it('undo each other', () => {
    fc.assert(
      fc.property(text, (input) => {
        const through = (...names: string[]) =>
          names.reduce((value, name) => TRANSFORMATIONS.get(name)!(value), input);
        assert.equal(through('urlencode', 'urldecode'), input);
        assert.equal(through('urlencode', 'urldecodeuni'), input);
        assert.equal(through('hexencode', 'hexdecode'), input);
        assert.equal(through('base64encode', 'base64decode'), input);
        assert.equal(through('base64encode', 'base64decodeext'), input);
      }),
    );
  });

  it('take time in proportion to the text, whatever it repeats', () => {
    const pieces = [
      '%',
      '%u',
      '%41',
      '\\',
      '\\1',
      '&',
      '&#',
      '&#1',
      '/',
      '/.',
      '../',
      '/*',
      '*/',
      '<!--',
      '-',
      '#',
    ];
    const others = ['\0', ' ', '\xc2', '\xa0', '\xf0\x80', '0x', '[', '[ ]', 'A', "'", ' /', '\r\n'];
    for (const piece of [...pieces, ...others]) {
      const input = piece.repeat(200_000);
      for (const [name, transform] of TRANSFORMATIONS) {
        const start = performance.now();
        transform(input);
        assert.ok(performance.now() - start < 2000, `${name} of a repeated ${JSON.stringify(piece)}`);
      }
    }
  });

  it('resolve paths segment by segment', () => {
    const part = fc.constantFrom('/', '//', '.', '..', '...', 'a', 'bc', '\\');
    fc.assert(
      fc.property(
        fc.array(part, { maxLength: 14 }).map((parts) => parts.join('')),
        (path) => {
          assert.equal(TRANSFORMATIONS.get('normalizepath')!(path), resolved(path));
          assert.equal(TRANSFORMATIONS.get('normalizepathwin')!(path), resolved(path.replaceAll('\\', '/')));
        },
      ),
      { numRuns: 500 },
    );
  });
});

function resolved(path: string): string {
  if (
    !path.split('/').some((segment, at) => segment === '.' || segment === '..' || (at > 0 && segment === ''))
  ) {
    return path;
  }
  const root = path.startsWith('/') ? '/' : '';
  const kept: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '' || segment === '.') continue;
    if (segment !== '..') kept.push(segment);
    else if (kept.length > 0 && kept.at(-1) !== '..') kept.pop();
    else if (root === '') kept.push(segment);
  }
  return root + kept.join('/') + (path.endsWith('/') && kept.length > 0 ? '/' : '');
}
