/** What holds for every built-in family: its marks open for all that it finds, and its findings lie in the text. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { runs } from '../../../tests/support/fuzz.ts';
import { markText } from '../marks.ts';
import { commandInjection } from './command-injection.ts';
import type { Family, Place } from './family.ts';
import { pathTraversal } from './path-traversal.ts';
import { sqlInjection } from './sql-injection.ts';
import { xss } from './xss.ts';

const PLACES: readonly Place[] = ['path', 'argument', 'header', 'text'];
const ALL_MARKS = -1;

/** Pieces of attacks; texts made of them match often, and in ways nobody thought of. */
const PIECES: Readonly<Record<string, { readonly family: Family; readonly pieces: readonly string[] }>> = {
  'sql injection': {
    family: sqlInjection,
    pieces: [
      ...[
        "'",
        '"',
        ' ',
        ' ',
        ')',
        '(',
        ',',
        ';',
        '=',
        '<',
        '1',
        '0x1',
        'a',
        '@v',
        '--',
        '#',
        '/*',
        '*/',
        '/*!',
        '-',
        '+',
      ],
      ...[
        'or',
        'and',
        'xor',
        '||',
        '&&',
        'like',
        'in',
        'is',
        'not',
        'null',
        'between',
        'exists',
        'union',
        'all',
      ],
      ...[
        'select',
        'from',
        'where',
        'order',
        'group',
        'by',
        'having',
        'into',
        'outfile',
        'drop',
        'table',
        'insert',
      ],
      ...[
        'values',
        'delete',
        'update',
        'set',
        'exec',
        'xp_x',
        'declare',
        'waitfor',
        'delay',
        'shutdown',
        'sleep(',
      ],
      ...[
        'benchmark(',
        'ascii(',
        'load_file(',
        'information_schema.x',
        'sysobjects',
        '\xc2\xa0',
        '\t',
        '\n',
        '.',
        '`',
      ],
    ],
  },
  xss: {
    family: xss,
    pieces: [
      ...[
        '<',
        '>',
        '/',
        ' ',
        '"',
        "'",
        '`',
        '=',
        '(',
        ')',
        ';',
        ':',
        '\t',
        '\n',
        '-',
        '+',
        '}',
        'a',
        'img',
        'script',
      ],
      ...[
        'svg',
        'object',
        'base',
        'srcdoc',
        'onload',
        'onx',
        'onerror',
        'once',
        'javascript:',
        'java',
        'script:',
      ],
      ...[
        'vbscript:',
        'data:text/html',
        'alert',
        'prompt',
        'eval',
        'document.cookie',
        'location.href',
        'void(0)',
      ],
      ...[
        'setTimeout',
        'Function',
        'fetch',
        'import',
        'window.open',
        'top.alert',
        'self.alert',
        'confirm',
        '1',
      ],
    ],
  },
  'path traversal': {
    family: pathTraversal,
    pieces: [
      ...[
        '.',
        '..',
        '/',
        '\\',
        ';',
        ' ',
        'a',
        '=',
        ':',
        '....',
        'etc',
        'passwd',
        'hosts',
        'proc',
        'self',
        'win.ini',
      ],
      ...['boot.ini', 'web-inf', 'web.xml', '.ssh', 'id_', 'php://filter', 'phar://', 'expect://', 'c:'],
    ],
  },
  'command injection': {
    family: commandInjection,
    pieces: [
      ...[
        ';',
        '|',
        '&',
        '\n',
        '`',
        '$(',
        '$',
        '{',
        '}',
        ')',
        ' ',
        '(',
        "'",
        '\\',
        '/',
        '<',
        '>',
        '-',
        ',',
        '1',
        'a',
      ],
      ...[
        'id',
        'ls',
        'whoami',
        'cat',
        'sleep',
        'curl',
        'http://h',
        '/etc/',
        '/proc/',
        '/bin/',
        '/dev/tcp/',
        'IFS',
      ],
      ...['() {', 'jndi:', 'lower:', '::-', '10.0.0.1', 'c:\\'],
    ],
  },
};

for (const [name, { family, pieces }] of Object.entries(PIECES)) {
  describe(name, () => {
    const texts = fc.array(fc.constantFrom(...pieces), { maxLength: 14 }).map((parts) => parts.join(''));

    it('has its marks set for everything that it finds', () => {
      fc.assert(
        fc.property(texts, fc.constantFrom(...PLACES), (text, place) => {
          const marks = markText(text);
          if (family.find(text, place, ALL_MARKS) === null) return;
          assert.ok(family.mayMatch(marks, place), 'the marks say that it cannot match');
          assert.notEqual(family.find(text, place, marks), null, 'the marks lead past it');
        }),
        { numRuns: runs(3000) },
      );
    });

    it('finds one of its rules within the text', () => {
      fc.assert(
        fc.property(texts, fc.constantFrom(...PLACES), (text, place) => {
          const finding = family.find(text, place, markText(text));
          if (finding === null) return;
          assert.ok(family.rules.includes(finding.rule));
          assert.ok(finding.start >= 0 && finding.start < text.length && finding.end > finding.start);
        }),
        { numRuns: runs(1000) },
      );
    });

    it('reads arbitrary bytes', () => {
      const bytes = fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array).toString('latin1'));
      fc.assert(
        fc.property(bytes, fc.constantFrom(...PLACES), (text, place) => {
          family.find(text, place, ALL_MARKS);
        }),
        { numRuns: runs(300) },
      );
    });
  });
}
