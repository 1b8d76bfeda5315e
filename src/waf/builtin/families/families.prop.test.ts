/** What holds for every built-in family: its marks open for all that it finds, and its findings lie in the text. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { runs } from '../../../../tests/support/fuzz.ts';
import { CRITICAL, type Family, type Place, type Rule } from '../family.ts';
import { Reading } from '../reading.ts';
import { commandInjection } from './command-injection.ts';
import { crossSiteScripting } from './cross-site-scripting.ts';
import { languageInjection } from './language-injection.ts';
import { pathTraversal } from './path-traversal.ts';
import { phpInjection } from './php-injection.ts';
import { queryInjection } from './query-injection.ts';
import { scanners } from './scanners.ts';
import { serialisedObjects } from './serialised-objects.ts';
import { serverAddresses } from './server-addresses.ts';
import { sqlInjection } from './sql-injection.ts';
import { templateInjection } from './template-injection.ts';
import { xmlInjection } from './xml-injection.ts';

const PLACES: readonly Place[] = ['path', 'name', 'value', 'file-name', 'header', 'agent', 'text', 'xml'];
const ALL_MARKS = -1;

interface Found {
  readonly rule: Rule;
  readonly start: number;
  readonly end: number;
  readonly score: number;
}

function find(family: Family, reading: Reading, place: Place): Found[] {
  const found: Found[] = [];
  family.find(reading, place, {
    add: (rule, start, end, score = rule.score) => found.push({ rule, start, end, score }),
    spend: () => true,
  });
  return found;
}

/** A reading in which every word seems to occur: words only guess at what a text holds, classes know. */
function withAllWords(text: string): Reading {
  const reading = new Reading(text, []);
  reading.words = ALL_MARKS;
  return reading;
}

/** Pieces of attacks; texts made of them match often, and in ways nobody thought of. */
const PIECES: Readonly<Record<string, { readonly family: Family; readonly pieces: readonly string[] }>> = {
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
  'PHP injection': {
    family: phpInjection,
    pieces: [
      ...[
        '(',
        ')',
        '"',
        "'",
        '`',
        '$',
        '{',
        '}',
        ';',
        '.',
        ' ',
        '_',
        '=',
        '<?php',
        '<?=',
        'system',
        'exec',
        'eval',
      ],
      ...[
        'print',
        'phpinfo',
        'md5',
        'file_get_contents',
        'include',
        '/etc',
        'id',
        '$_GET[',
        'response.write',
        '@',
      ],
    ],
  },
  'language injection': {
    family: languageInjection,
    pieces: [
      ...[
        '(',
        ')',
        '"',
        "'",
        '.',
        ' ',
        '[',
        ']',
        '__import__',
        '__class__',
        'os.popen',
        'require',
        'child_process',
        'process',
      ],
      ...[
        'constructor',
        'prototype',
        '__proto__',
        'java.lang.runtime',
        'Runtime',
        'class.classLoader',
        'forName',
        'IO.popen',
        '%x(',
      ],
      ...[
        '<!--#exec',
        '<esi:include',
        'mainModule',
        'getClass()',
        'subprocess.run',
        'new Function',
        'fs.readFile',
      ],
    ],
  },
  'serialised objects': {
    family: serialisedObjects,
    pieces: [
      'O:8:"',
      'a":1:{',
      'C:1:"',
      'rO0ABX',
      'AAEAAAD//',
      '!!python/object',
      '"@type":"',
      'java',
      'cos\nsystem\n',
      '\xac\xed',
      ' ',
      ';',
      '=',
    ],
  },
  'template injection': {
    family: templateInjection,
    pieces: [
      ...[
        '{{',
        '}}',
        '$' + '{',
        '#{',
        '*{',
        '}',
        '<%',
        '%>',
        '{%',
        '[[',
        '@(',
        ')',
        '(',
        '7*7',
        '7',
        '*',
        ' ',
        '"',
        "'",
        '.',
        '|',
        '#',
      ],
      ...[
        'jndi:',
        'lower:',
        '::-',
        'config',
        '__class__',
        'T(',
        'java',
        'self',
        'x',
        '<#assign',
        '#set(',
        '$x',
        '=',
        '__',
        'system(',
      ],
    ],
  },
  'XML injection': {
    family: xmlInjection,
    pieces: [
      '<!ENTITY',
      '<!DOCTYPE',
      ' ',
      'x',
      '%',
      'SYSTEM',
      'PUBLIC',
      '"',
      "'",
      '[',
      ']',
      '>',
      '<',
      '<xi:include',
      'href',
      'html',
      '-//W3C//',
    ],
  },
  'server addresses': {
    family: serverAddresses,
    pieces: [
      'http',
      'gopher',
      '://',
      '127.0.0.1',
      '169.254.169.254',
      '0x7f',
      '2130706433',
      '[',
      ']',
      '::ffff:',
      '.',
      '/',
      '@',
      'localhost',
      '.nip.io',
      '?',
      'x.php',
    ],
  },
  'query injection': {
    family: queryInjection,
    pieces: [
      '*',
      ')',
      '(',
      '|',
      '&',
      '!',
      'uid',
      '=',
      "'",
      ']',
      '//',
      '/',
      'child::',
      'name()',
      '\r\n',
      '\n',
      'Set-Cookie',
      ':',
      ' ',
      'HTTP/1.1 200',
      'a',
    ],
  },
  scanners: {
    family: scanners,
    pieces: [
      'sqlmap',
      'nikto',
      '/',
      ' ',
      'a',
      '.git',
      '/config',
      '.env',
      'wp-config.php',
      '.bak',
      'phpinfo.php',
      '.htaccess',
      '1.0',
      'web.config',
    ],
  },
  'cross-site scripting': {
    family: crossSiteScripting,
    pieces: [
      '<',
      '>',
      '/',
      ' ',
      '"',
      "'",
      '=',
      '(',
      ')',
      ';',
      ':',
      'a',
      'img',
      'script',
      'svg',
      'onload',
      'onerror',
      'javascript:',
      'alert',
      '`',
      '{{',
    ],
  },
  'SQL injection': {
    family: sqlInjection,
    pieces: [
      "'",
      '"',
      ' ',
      ')',
      '(',
      ',',
      ';',
      '=',
      '1',
      '--',
      '#',
      '/*',
      '*/',
      '||',
      'or',
      'and',
      'union',
      'select',
      'from',
      'sleep(',
      'order by',
      'drop table',
      'a',
    ],
  },
};

for (const [name, { family, pieces }] of Object.entries(PIECES)) {
  describe(name, () => {
    const texts = fc.array(fc.constantFrom(...pieces), { maxLength: 14 }).map((parts) => parts.join(''));

    it('has its marks set for everything that it finds', () => {
      fc.assert(
        fc.property(texts, fc.constantFrom(...PLACES), (text, place) => {
          const reading = new Reading(text, []);
          const all = withAllWords(text);
          if (!family.mayMatch(all.classes, all.words, place)) return;
          const isLookedAt = family.mayMatch(reading.classes, reading.words, place);
          const known = isLookedAt ? find(family, reading, place).map(({ rule }) => rule.id) : [];
          for (const { rule, score } of find(family, all, place)) {
            // Hints may go unseen where nothing else calls for a look.
            if (score < CRITICAL) continue;
            assert.ok(known.includes(rule.id), `the marks lead past ${rule.id}`);
          }
        }),
        { numRuns: runs(2000) },
      );
    });

    it('finds its own rules within the text', () => {
      fc.assert(
        fc.property(texts, fc.constantFrom(...PLACES), (text, place) => {
          for (const { rule, start, end } of find(family, new Reading(text, []), place)) {
            assert.ok(family.rules.includes(rule));
            assert.ok(start >= 0 && start < text.length && end > start);
          }
        }),
        { numRuns: runs(1000) },
      );
    });

    it('reads arbitrary bytes', () => {
      const bytes = fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array).toString('latin1'));
      fc.assert(
        fc.property(bytes, fc.constantFrom(...PLACES), (text, place) => {
          find(family, withAllWords(text), place);
        }),
        { numRuns: runs(300) },
      );
    });
  });
}
