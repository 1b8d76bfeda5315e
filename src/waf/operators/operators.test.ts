import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fail, ok } from '../../core/result.ts';
import type { CompiledOperator, OperatorEnvironment } from './operator.ts';
import { OPERATOR_ALIASES, OPERATORS, REFUSED_OPERATORS } from './operators.ts';

const FILES: ReadonlyMap<string, string> = new Map([
  ['agents.data', '# scanners\r\n\r\nnikto\r\n  SQLmap  \r\nacunetix-product\r\n'],
  ['offices.txt', '192.0.2.0/24\n# the tunnel\n2001:db8::/32'],
  ['broken.txt', '192.0.2.0/33'],
  ['empty.txt', '# nothing\n'],
  ['accents.data', 'voil\xc3\xa0 \n'],
]);

const environment: OperatorEnvironment = {
  readFile: (name) => {
    const text = FILES.get(name);
    return text === undefined ? fail(`${name} cannot be read`) : ok(text);
  },
};

function compile(name: string, argument: string): CompiledOperator {
  const compiled = OPERATORS.get(name)!.compile(argument, environment);
  assert.ok(compiled.ok, compiled.ok ? '' : compiled.fault);
  return compiled.value;
}

function faultOf(name: string, argument: string): string {
  const compiled = OPERATORS.get(name)!.compile(argument, environment);
  return compiled.ok ? '' : compiled.fault;
}

/** Whether the value matches, after a check that both questions get the same answer. */
function matches(name: string, argument: string, value: string): boolean {
  const operator = compile(name, argument);
  const found = operator.test(value);
  assert.equal(operator.match(value) !== null, found);
  return found;
}

/** What TX.0 and so on get, and where in the value. */
function captured(
  name: string,
  argument: string,
  value: string,
): readonly [number, number, ...string[]] | null {
  const match = compile(name, argument).match(value);
  return match && [match.start, match.end, ...match.captures];
}

describe('the tables of operators', () => {
  it('have every operator under its own name, in lower case', () => {
    for (const [name, definition] of OPERATORS) {
      assert.equal(name, definition.name);
      assert.equal(name, name.toLowerCase());
      assert.ok(!REFUSED_OPERATORS.has(name));
    }
    for (const name of OPERATOR_ALIASES.values()) assert.ok(OPERATORS.has(name));
  });
});

describe('rx', () => {
  it('captures the match and its groups, ten at most', () => {
    assert.deepEqual(captured('rx', '(a)(x)?(b+)', '--abb'), [2, 5, 'abb', 'a', '', 'bb']);
    assert.equal(captured('rx', '(a)'.repeat(12), 'a'.repeat(12))?.length, 2 + 10);
    assert.equal(captured('rx', 'a', 'b'), null);
  });

  it('takes what the pattern needs from the pattern', () => {
    assert.deepEqual(compile('rx', 'a|Union').needed, ['a', 'union']);
    assert.equal(compile('rx', '.*').needed, null);
  });

  it('refuses what cannot be had in linear time', () => {
    assert.notEqual(faultOf('rx', '(a)\\1'), '');
    assert.notEqual(faultOf('rxglobal', '(?=a)'), '');
  });
});

describe('rxGlobal', () => {
  it('captures one match behind the other, ten texts at most', () => {
    assert.deepEqual(captured('rxglobal', '[a-z]+', '1ab2cd'), [1, 3, 'ab', 'cd']);
    assert.equal(captured('rxglobal', '[a-z]', 'a'.repeat(50))?.length, 2 + 10);
    assert.deepEqual(captured('rxglobal', 'x*', 'ab'), [0, 0, '']);
  });
});

describe('pm', () => {
  it('finds any of the words, without regard to ASCII case', () => {
    assert.deepEqual(captured('pm', 'union select', 'x SELECT y'), [2, 8, 'SELECT']);
    assert.ok(!matches('pm', 'union \xc0', 'unio \xe0'));
    assert.deepEqual(compile('pm', 'Union select UNION').needed, ['select', 'union']);
  });

  it('reads bytes between bars', () => {
    assert.ok(matches('pm', 'x|3c 41|y z', 'x<ay'));
    assert.ok(matches('pm', 'a|b |zz|', '.|zz|.'));
  });

  it('needs a word', () => {
    assert.equal(faultOf('pm', ' '), 'the words to look for are missing');
  });
});

describe('pmFromFile', () => {
  it('takes a word from every line but blank ones and comments', () => {
    assert.deepEqual(compile('pmfromfile', 'agents.data').needed, ['acunetix-product', 'nikto', 'sqlmap']);
    assert.ok(matches('pmfromfile', 'agents.data offices.txt', 'sqlMAP/1.0'));
    assert.ok(!matches('pmfromfile', 'agents.data', '# scanners'));
    assert.deepEqual(compile('pmfromfile', 'accents.data').needed, ['voil\xc3\xa0']);
  });

  it('says which file is at fault', () => {
    assert.equal(faultOf('pmfromfile', 'absent.data'), 'absent.data cannot be read');
    assert.equal(faultOf('pmfromfile', 'empty.txt'), 'empty.txt: the words to look for are missing');
    assert.equal(faultOf('pmfromfile', ''), 'the name of a file is missing');
  });
});

describe('comparisons of text', () => {
  it('mind the case and say where they match', () => {
    assert.deepEqual(captured('contains', '../', 'a/../b'), [2, 5, '../']);
    assert.ok(!matches('contains', 'Ab', 'ab'));
    assert.deepEqual(captured('beginswith', '/admin', '/admin/x'), [0, 6, '/admin']);
    assert.deepEqual(captured('endswith', '.php', 'a.php'), [1, 5, '.php']);
    assert.deepEqual(captured('streq', 'POST', 'POST'), [0, 4, 'POST']);
    assert.ok(!matches('streq', 'POST', 'POSTS'));
    assert.ok(matches('strmatch', 'b', 'abc'));
  });

  it('find whole words', () => {
    assert.deepEqual(captured('containsword', 'select', 'selected select1'), [9, 15, 'select']);
    assert.ok(!matches('containsword', 'select', 'aselect'));
    assert.ok(matches('containsword', '', 'x'));
  });

  it('find the value in the argument', () => {
    assert.ok(matches('within', 'GET HEAD', 'HEAD'));
    assert.ok(matches('within', 'GET HEAD', ''));
    assert.ok(!matches('within', 'GET HEAD', 'head'));
  });

  it('need their argument, unless it is empty or yet to be expanded', () => {
    for (const name of ['contains', 'containsword', 'beginswith', 'endswith', 'streq', 'strmatch']) {
      assert.deepEqual(compile(name, 'AbC').needed, ['abc']);
      assert.equal(compile(name, '').needed, null);
      assert.equal(compile(name, '.%{request_headers.host}').needed, null);
    }
    assert.equal(compile('within', 'abc').needed, null);
    assert.deepEqual(compile('nomatch', '').needed, []);
  });
});

describe('comparisons of numbers', () => {
  it('read the number at the beginning and 0 where there is none', () => {
    assert.ok(matches('eq', ' 5', '\t+5 apples'));
    assert.ok(matches('eq', 'x', '-'));
    assert.ok(matches('eq', '0', '-0'));
    assert.ok(matches('lt', '0', '-3'));
    assert.ok(!matches('gt', '1', ''));
  });

  it('keep the order of numbers beyond exact ones', () => {
    assert.ok(matches('ge', '9'.repeat(400), '9'.repeat(500)));
    assert.ok(matches('lt', '1', `-${'9'.repeat(500)}`));
  });

  it('hold as their names say', () => {
    const held = ['eq', 'ge', 'gt', 'le', 'lt'].map((name) =>
      ['4', '5', '6'].map((value) => (matches(name, '5', value) ? value : '')).join(''),
    );
    assert.deepEqual(held, ['5', '56', '6', '45', '4']);
  });
});

describe('ipMatch', () => {
  it('takes addresses and prefixes of both families, with bits behind the prefix', () => {
    const list = '127.0.0.1, 10.1.2.3/8,2001:db8::/32';
    assert.ok(matches('ipmatch', list, '10.200.0.1'));
    assert.ok(matches('ipmatch', list, '::ffff:127.0.0.1'));
    assert.ok(matches('ipmatch', list, '2001:DB8::7'));
    assert.ok(!matches('ipmatch', list, '127.0.0.2'));
    assert.ok(!matches('ipmatch', list, 'localhost'));
    assert.ok(matches('ipmatch', '0.0.0.0/0', '203.0.113.9'));
  });

  it('takes them from a file', () => {
    assert.ok(matches('ipmatchfromfile', 'offices.txt', '192.0.2.77'));
    assert.equal(
      faultOf('ipmatchfromfile', 'broken.txt'),
      'broken.txt: "192.0.2.0/33" is not an IPv4 or IPv6 address or prefix',
    );
  });

  it('refuses what is no list', () => {
    assert.notEqual(faultOf('ipmatch', ''), '');
    assert.notEqual(faultOf('ipmatch', '10.0.0.1,,'), '');
    assert.notEqual(faultOf('ipmatch', '10.0.0.0/x'), '');
  });
});

describe('validations', () => {
  it('find the first byte that is not allowed', () => {
    assert.deepEqual(captured('validatebyterange', '9,10,32-126', 'ab\0c'), [2, 3, '\0']);
    assert.ok(!matches('validatebyterange', '1-255', '\x01\xff'));
    for (const list of ['', 'x', '1-', '5-4', '0-256'])
      assert.notEqual(faultOf('validatebyterange', list), '');
  });

  it('find a broken escape', () => {
    assert.deepEqual(captured('validateurlencoding', '', '%41%4g'), [3, 6, '%4g']);
    assert.deepEqual(captured('validateurlencoding', '', 'a%'), [1, 2, '%']);
    assert.ok(!matches('validateurlencoding', '', '%41+x'));
  });

  it('find what is not UTF-8', () => {
    for (const valid of [
      'plain',
      '\xc3\xa9',
      '\xe2\x82\xac',
      '\xf0\x9f\x98\x80',
      '\xf4\x8f\xbf\xbf',
      '\xed\x9f\xbf',
    ]) {
      assert.ok(!matches('validateutf8encoding', '', valid), valid);
    }
    const overLong = ['\xc0\xaf', '\xe0\x80\xaf', '\xf0\x80\x80\xaf'];
    for (const invalid of [
      ...overLong,
      '\x80',
      '\xc3',
      '\xe2\x82',
      '\xed\xa0\x80',
      '\xf4\x90\x80\x80',
      '\xff',
    ]) {
      assert.ok(matches('validateutf8encoding', '', invalid), invalid);
    }
    assert.deepEqual(captured('validateutf8encoding', '', 'a\xc3\xa9\xff'), [3, 4, '\xff']);
  });
});

describe('what validations and detectors need', () => {
  it('are bytes, where single bytes decide', () => {
    assert.deepEqual(compile('validatebyterange', '1-255').needed, ['\0']);
    assert.deepEqual(compile('validatebyterange', '0-64,91-255').needed?.slice(0, 2), ['a', 'b']);
    assert.deepEqual(compile('validatebyterange', '0-255').needed, []);
    assert.equal(compile('validateutf8encoding', '').needed?.length, 128);
    assert.ok(compile('detectxss', '').needed?.includes('<'));
  });
});

describe('verifications of numbers', () => {
  it('find cards by their last digit', () => {
    assert.deepEqual(captured('verifycc', '\\d{13,16}', 'card 4111111111111111'), [
      5,
      21,
      '4111111111111111',
    ]);
    assert.ok(!matches('verifycc', '\\d{13,16}', 'card 4111111111111112'));
    assert.ok(matches('verifycc', '\\d[\\d-]{12,20}', '4111-1111-1111-1112,4111-1111-1111-1111'));
    assert.ok(!matches('verifycc', '\\d+', '0'));
  });

  it('find numbers of authorities', () => {
    assert.ok(matches('verifyssn', '[\\d-]{11}', 'id 219-09-9998'));
    for (const never of ['666-12-3456', '900-12-3456', '123-00-3456', '123-45-0000', '123-45-6789']) {
      assert.ok(!matches('verifyssn', '[\\d-]{11}', never), never);
    }
    assert.ok(matches('verifycpf', '[\\d.-]{14}', '529.982.247-25'));
    assert.ok(!matches('verifycpf', '[\\d.-]{14}', '529.982.247-26'));
    assert.ok(!matches('verifycpf', '\\d{11}', '11111111111'));
    assert.ok(matches('verifysvnr', '\\d{4} ?\\d{6}', '1237 010180'));
    assert.ok(!matches('verifysvnr', '\\d{4} ?\\d{6}', '1238 010180'));
  });
});

describe('detections', () => {
  it('match what would change a statement or a page, and nothing else', () => {
    assert.ok(matches('detectsqli', '', "1' OR 1=1--"));
    assert.ok(!matches('detectsqli', '', 'two words'));
    assert.ok(matches('detectxss', '', '<svg onload=alert(1)>'));
    assert.ok(!matches('detectxss', '', 'two words'));
  });

  it('always or never match where that is all they say', () => {
    assert.deepEqual(captured('unconditionalmatch', 'x', ''), [0, 0, '']);
    assert.ok(!matches('nomatch', 'x', 'x'));
  });
});
