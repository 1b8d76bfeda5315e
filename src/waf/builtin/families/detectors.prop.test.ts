/** The marks lead past nothing that the detectors of SQL and script would find. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { runs } from '../../../../tests/support/fuzz.ts';
import { findXss } from '../../html/detect-xss.ts';
import { gradeSql } from '../../sql/detect-sql.ts';
import { Reading } from '../reading.ts';
import { crossSiteScripting } from './cross-site-scripting.ts';
import { sqlInjection } from './sql-injection.ts';

const WORDS =
  'or and xor like in select from union exec drop table having limit order by shutdown alert top script img onerror= ' +
  'style= javascript: livescript: location= ADw- a x 1 @@version';
const SIGNS = '\' " ` ( ) { } [ ] < > = ! + - * / -- /* */ # ; | || & && , . : ~ ? $ % ^ _ @ \\x3c \\ \n';
const PIECES = [...WORDS.split(' '), ...SIGNS.split(' '), ' ', '\xef\xbc\x9c', '\xc2\xa0'];

describe('marks', () => {
  const texts = fc.array(fc.constantFrom(...PIECES), { maxLength: 12 }).map((parts) => parts.join(''));
  const known = [
    "top['al'+'ert'](1)",
    '[][(![]+[])[+[]]+(![]+[])[+!+[]]]()',
    'x onerror=alert;throw 1',
    '+ADw-script+AD4-alert(1)',
    ' ADw-script AD4-',
    '\\x3cscript\\x3e',
    '\xef\xbc\x9cscript\xef\xbc\x9e',
    '" style="width:expression(alert(1))',
  ];
  const any = fc.oneof({ weight: 20, arbitrary: texts }, fc.constantFrom(...known));

  it('open for what is script', () => {
    fc.assert(
      fc.property(any, (text) => {
        const { classes, words } = new Reading(text, []);
        const isSeen = crossSiteScripting.mayMatch(classes, words, 'value');
        assert.ok(isSeen || findXss(text).length === 0, text);
      }),
      { numRuns: runs(5000) },
    );
  });

  it('open for what is SQL', () => {
    fc.assert(
      fc.property(texts, (text) => {
        // A system variable alone says nothing about a statement.
        if (/^[^a-z]*@@\w+\W*$/.test(text)) return;
        const { classes, words } = new Reading(text, []);
        const isSeen = sqlInjection.mayMatch(classes, words, 'value');
        assert.ok(isSeen || gradeSql(text) === null, text);
      }),
      { numRuns: runs(5000) },
    );
  });
});
