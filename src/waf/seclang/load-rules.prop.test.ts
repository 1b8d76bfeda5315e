/** What holds for whatever stands in a rule file: no exception, a place for every fault, linear time. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { runs } from '../../../tests/support/fuzz.ts';
import { loadText } from './testing/load-text.ts';
import { splitWords } from './words.ts';

const FRAGMENTS = [
  ...[
    'SecRule ',
    'SecAction ',
    'SecMarker ',
    'Include ',
    'SecRuleRemoveById ',
    'SecRuleUpdateTargetById ',
    '"',
  ],
  ...[
    "'",
    '\\',
    '\n',
    ' ',
    '\t',
    '#',
    '@rx ',
    '@',
    '!',
    '&',
    '|',
    ',',
    ':',
    '/',
    'ARGS',
    'XML:/*',
    'TX:',
    '%{',
    '}',
  ],
  ...[
    'id:1',
    'phase:2',
    'chain',
    'setvar:tx.',
    'ctl:',
    't:',
    'msg:',
    '=',
    '+',
    ';',
    '-',
    '1',
    '\xff',
    '\0',
    '\r\n',
  ],
];

/** A reader in linear time needs some milliseconds for so much, a quadratic one minutes. */
const PUMPED_LENGTH = 320_000;
const PUMPED_MS_MAX = 3000;

const DIRECTIVES = [
  ...[
    'SecRule ARGS "@rx a" "id:1,phase:2,',
    'SecRule ',
    'SecRule ARGS ',
    'SecAction ',
    'SecAction "id:2,phase:1,',
  ],
  ...[
    'SecMarker ',
    'Include ',
    'SecRuleRemoveById ',
    'SecRuleUpdateTargetById 1 ',
    'SecRuleUpdateActionById 1 ',
  ],
  ...['SecDefaultAction ', 'SecRuleEngine ', 'SecUnicodeMapFile ', ''],
];

const piece = fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...FRAGMENTS) }, fc.string({ maxLength: 5 }));

const statement = fc
  .tuple(fc.constantFrom(...DIRECTIVES), fc.array(piece, { maxLength: 12 }))
  .map(([directive, pieces]) => `${directive}${pieces.join('')}`);

const ruleText = fc.array(statement, { maxLength: 8 }).map((statements) => statements.join('\n'));

describe('any text as a rule file', () => {
  it('loads or has faults, each with a file, a line of it and a sentence', () => {
    fc.assert(
      fc.property(ruleText, (text) => {
        const loaded = loadText(text);
        if (loaded.ok) return;
        const lines = text.split('\n').length;
        for (const { place, message } of loaded.fault) {
          assert.notEqual(place.file, '');
          assert.ok(place.line >= 1 && place.line <= lines, `${place.line} of ${lines}`);
          assert.match(message, /[.?]$/);
        }
      }),
      { numRuns: runs(400) },
    );
  });

  it('reads back every word that was quoted', () => {
    const word = fc.string({ maxLength: 20 }).map((text) => text.replaceAll('\\', '/'));
    fc.assert(
      fc.property(fc.array(word, { maxLength: 5 }), (words) => {
        const text = words.map((part) => `"${part.replaceAll('"', '\\"')}"`).join(' ');
        assert.deepEqual(splitWords(text), { ok: true, value: words });
      }),
      { numRuns: runs(200) },
    );
  });

  it('takes little time for a long text of one thing over and over', () => {
    for (const pump of [
      ...FRAGMENTS,
      '\\"',
      "\\'",
      'a,',
      "t:'",
      'ARGS|',
      'ARGS:/',
      '%{a}',
      ' \\\n',
      '"a" ',
      'chain,',
    ]) {
      const text = `SecRule ARGS "${pump.repeat(Math.ceil(PUMPED_LENGTH / pump.length))}" "id:1"`;
      const start = process.hrtime.bigint();
      loadText(text);
      const ms = Number(process.hrtime.bigint() - start) / 1e6;
      assert.ok(ms < PUMPED_MS_MAX, `${JSON.stringify(pump)}: ${ms} ms`);
    }
  });
});
