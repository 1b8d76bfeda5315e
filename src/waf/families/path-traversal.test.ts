import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { markText } from '../marks.ts';
import type { Place } from './family.ts';
import { pathTraversal } from './path-traversal.ts';

function ruleOf(text: string, place: Place): string | null {
  const marks = markText(text);
  return pathTraversal.mayMatch(marks, place)
    ? (pathTraversal.find(text, place, marks)?.rule.id ?? null)
    : null;
}

describe('pathTraversal in the path', () => {
  const attacks = [
    ...['/..', '/../', '/a/../b', '/a/..', '..', '/a\\..\\b', '/a/..\\b', '/..;/b', '/..;x=1/b', '/a/.. /b'],
    ...['/a/..\t', '/....//b', '/....\\/b'],
  ];
  for (const path of attacks) {
    it(`matches ${JSON.stringify(path)}`, () => assert.equal(ruleOf(path, 'path'), 'path-traversal'));
  }

  const honest = [
    '/',
    '/a/b',
    '/./a',
    '/...',
    '/a..b',
    '/..a',
    '/a..',
    '/.../b',
    '/1..2',
    '/..well-known',
    '/....',
    '/etc/passwd',
  ];
  for (const path of honest) {
    it(`leaves ${JSON.stringify(path)}`, () => assert.equal(ruleOf(path, 'path'), null));
  }
});

describe('pathTraversal in arguments', () => {
  const attacks: readonly (readonly [string, string])[] = [
    ['../../secret', 'path-traversal'],
    ['/var/www/../../secret', 'path-traversal'],
    ['..\\..\\secret', 'path-traversal'],
    ['..//..//secret', 'path-traversal'],
    ['file=../../x', 'path-traversal'],
    ['....//....//x', 'path-traversal'],
    ['../etc/passwd', 'path-sensitive-file'],
    ['/etc/passwd', 'path-sensitive-file'],
    ['/etc//shadow', 'path-sensitive-file'],
    ['file:///etc/passwd', 'path-sensitive-file'],
    ['/proc/self/environ', 'path-sensitive-file'],
    ['C:\\Windows\\win.ini', 'path-sensitive-file'],
    ['/WEB-INF/web.xml', 'path-sensitive-file'],
    ['php://filter/resource=x', 'path-sensitive-file'],
    ['see ../etc/passwd for more', 'path-sensitive-file'],
  ];
  for (const [text, rule] of attacks) {
    it(`matches ${JSON.stringify(text)}`, () => assert.equal(ruleOf(text, 'argument'), rule));
  }

  const honest = [
    ...[
      '../home',
      './a/b',
      'a/../b.png',
      'see ../../README.md for details',
      '1..2',
      'wait...',
      'and so on ... ../',
    ],
    ...[
      'https://example.com/a/../../b',
      'webpack:///../../node_modules/x.js',
      'what is in /etc/passwd?',
      'etc.',
    ],
    ...['/etc/nginx/nginx.conf', 'my.ssh/notes', 'docs/proc/selfies', 'php://', 'twin.initial'],
  ];
  for (const text of honest) {
    it(`leaves ${JSON.stringify(text)}`, () => assert.equal(ruleOf(text, 'argument'), null));
  }
});

it('pathTraversal in running text asks for a climb to a system file', () => {
  assert.equal(ruleOf('../../node_modules/x.js', 'text'), null);
  assert.equal(ruleOf('/etc/passwd', 'text'), null);
  assert.equal(ruleOf('../../etc/passwd', 'text'), 'path-sensitive-file');
});
