import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { markText } from '../marks.ts';
import { sqlInjection } from './sql-injection.ts';

function ruleOf(text: string): string | null {
  const marks = markText(text);
  return sqlInjection.mayMatch(marks, 'argument')
    ? (sqlInjection.find(text, 'argument', marks)?.rule.id ?? null)
    : null;
}

describe('sqlInjection', () => {
  const attacks: readonly (readonly [string, string])[] = [
    ["' or 1=1--", 'sql-tautology'],
    ["x' OR 'a'='a", 'sql-tautology'],
    ["x') or ('a'='a", 'sql-tautology'],
    ['" or ""="', 'sql-tautology'],
    ["' or username like 'a%", 'sql-tautology'],
    ["' or 1 --", 'sql-tautology'],
    ["'||'1'='1", 'sql-tautology'],
    ["' and length(database())>1", 'sql-tautology'],
    ["1' and sleep(5)#", 'sql-tautology'],
    ["' and exists(select 1)--", 'sql-tautology'],
    ['1 or 1=1', 'sql-tautology'],
    ['-1 or 1=1', 'sql-tautology'],
    ['admin or 1=1', 'sql-tautology'],
    ['1/**/or/**/1=1', 'sql-tautology'],
    ['1\xc2\xa0or\xc2\xa01=1', 'sql-tautology'],
    ['(1)or(1)=(1) or 1=1', 'sql-tautology'],
    ['1 and (select 1 from users)=1', 'sql-tautology'],
    ["'='", 'sql-tautology'],
    ["a' like 'a", 'sql-tautology'],
    ["admin'--", 'sql-comment'],
    ["admin' #", 'sql-comment'],
    ["admin'/*", 'sql-comment'],
    ["x')-- -", 'sql-comment'],
    ["x'; drop table users--", 'sql-stacked'],
    ["'; exec xp_cmdshell 'dir'", 'sql-stacked'],
    ['1;select pg_sleep(5)', 'sql-stacked'],
    ['text; drop table users; more', 'sql-stacked'],
    ["1; insert into users values ('x')", 'sql-stacked'],
    ['a; update users set admin=1', 'sql-stacked'],
    ['a; declare @x int', 'sql-stacked'],
    ['-1 union select null,null', 'sql-union'],
    ["' UNION ALL SELECT 1,2,3-- -", 'sql-union'],
    ['union(select(1),2)', 'sql-union'],
    ['/*!50000union*/ /*!50000select*/ 1', 'sql-union'],
    ['1e0union select @@version', 'sql-union'],
    ['1 order by 10--', 'sql-probe'],
    ["' group by 1--", 'sql-probe'],
    ["' having 1=1--", 'sql-probe'],
    ["1 waitfor delay '0:0:5'", 'sql-probe'],
    ["'-sleep(5)-'", 'sql-probe'],
    ["'+(select 1)+'", 'sql-probe'],
    ['select table_name from information_schema.tables', 'sql-probe'],
    ["x into outfile '/tmp/x'", 'sql-probe'],
    ['sleep(5)', 'sql-probe'],
  ];
  for (const [text, rule] of attacks) {
    it(`matches ${JSON.stringify(text)}`, () => assert.equal(ruleOf(text), rule));
  }

  const honest = [
    ...[
      "O'Brien",
      "O'Brien or Smith",
      "the dogs' or the cats'",
      "the boys' and girls = fun teams",
      `5' or 6' tall`,
    ],
    ...[
      `5'10" and 6'2"`,
      "it's the players' #1 choice",
      "rock 'n' roll -- the best",
      "James' -- whoever that is",
    ],
    ...[
      'select the union of both sets',
      'union select committee',
      'Student union; select committee',
      'union, select',
    ],
    ...[
      'Go to settings; select an option from the menu',
      'Please save; delete from cart',
      'Tab A; insert into slot B',
    ],
    ...[
      'Welcome; drop table reservations',
      'order by mail, group by the lake',
      'having fun; update set',
      'or 1 or 2',
    ],
    ...[
      "status = 'open' or status = 'new'",
      `"foo" and "bar" or "baz"`,
      "name eq 'Milk' or price lt 3",
      'a or b = c',
    ],
    ...[
      'Question 1 (select 2 answers)',
      'await sleep(100)',
      'x = sleep(5)',
      'if (a && b) c = d',
      'a || b',
      '10 and 20',
    ],
    ...[
      'one--two',
      '-- signature',
      '/* css */',
      'text/*',
      'C# or F#',
      '#1',
      'between 1 and 2',
      'like 5 of us',
      "'",
    ],
    ...[
      'where is it from?',
      'insert coin',
      'exec; declare',
      '<a href="x" title="y">',
      "class='a' id='b'",
      "''",
      '""',
    ],
    ...[
      'SELECT * FROM users',
      'drop table',
      'https://example.com/a?b=c&d=e#f',
      '{"a":"b\'s"}',
      "don't or won't",
    ],
  ];
  for (const text of honest) {
    it(`leaves ${JSON.stringify(text)}`, () => assert.equal(ruleOf(text), null));
  }

  it('tells which stretch of the text matched', () => {
    const text = "x' union select 1";
    const finding = sqlInjection.find(text, 'argument', markText(text));
    assert.equal(text.slice(finding?.start, finding?.end).trim(), 'union select 1');
  });
});
