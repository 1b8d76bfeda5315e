import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { detectSql, gradeSql } from './detect-sql.ts';
import { HONEST } from './testing/honest.ts';
import { TECHNIQUES } from './testing/techniques.ts';

describe('gradeSql', () => {
  for (const [technique, payloads] of Object.entries(TECHNIQUES)) {
    describe(`is sure of ${technique}`, () => {
      for (const payload of payloads) {
        it(JSON.stringify(payload), () => assert.equal(gradeSql(payload)?.score, 5));
      }
    });
  }

  describe('suspects what may be an injection or not', () => {
    const doubtful = [
      ...["x' or 'y", '1;shutdown', 'drop table users', '(case when 1=1 then id else name end)'],
      ...['id,(select 1)', "x', admin='1", 'select a from b', '1 and a=1', 'iif(1=1,1,0)'],
    ];
    for (const text of doubtful) {
      it(JSON.stringify(text), () => {
        const score = gradeSql(text)?.score ?? 0;
        assert.ok(score > 0 && score < 5, `scored ${score}`);
      });
    }
  });

  for (const [kind, texts] of Object.entries(HONEST)) {
    describe(`leaves ${kind}`, () => {
      for (const text of texts) it(JSON.stringify(text), () => assert.equal(gradeSql(text), null));
    });
  }

  it('gives free text that quotes SQL a warning at most', () => {
    const texts = [
      'In SQL you write SELECT name, age FROM users WHERE age > 5 to see who is older than five.',
      'Attackers type things such as union select and then the names of columns.',
      "James' -- whoever that is",
      'Use DELETE FROM cart; it empties the cart. UPDATE works likewise.',
    ];
    for (const text of texts) assert.ok((gradeSql(text)?.score ?? 0) <= 3, text);
  });

  it('reads on behind a quotation mark that one database takes for escaped and another for the end', () => {
    assert.equal(gradeSql("\\' or 1=1--")?.score, 5);
    assert.equal(gradeSql("a\\'b' or 1=1--")?.score, 5);
  });

  it('finds an injection inside syntax that nobody took apart', () => {
    for (const text of [
      `{"a":"x' union select 1,2--"}`,
      `<a b="x' and sleep(5)--"/>`,
      `log line 5: id=1 union all select null,null,version() from dual done`,
    ]) {
      assert.equal(gradeSql(text)?.score, 5, text);
    }
  });

  it('tells rule, context, form and place', () => {
    const text = "x' or 1=1--";
    const finding = gradeSql(text);
    assert.deepEqual(finding, {
      start: 1,
      end: 9,
      score: 5,
      form: 'or number = number',
      context: 'single-quoted',
      rule: 'sql-tautology',
    });
    assert.equal(gradeSql('1 union select 1')?.rule, 'sql-union');
    assert.equal(gradeSql("admin'--")?.rule, 'sql-comment');
    assert.equal(gradeSql("'; drop table a--")?.rule, 'sql-stacked');
    assert.equal(gradeSql('1 and sleep(5)')?.rule, 'sql-condition');
    assert.equal(gradeSql('1 order by 9--')?.rule, 'sql-probe');
    assert.equal(gradeSql('select * from a')?.rule, 'sql-statement');
    assert.equal(gradeSql('" or 1=1--')?.context, 'double-quoted');
    assert.equal(gradeSql('` or 1=1--')?.context, 'back-quoted');
    assert.equal(gradeSql('1 or 1=1')?.context, 'plain');
  });
});

describe('detectSql', () => {
  it('answers from a warning on', () => {
    assert.equal(detectSql("' or 1=1--")?.score, 5);
    assert.equal(detectSql('drop table users')?.score, 3);
    assert.equal(detectSql('we drop a #1 hit'), null, 'nothing is dropped without a word for what it is');
    assert.equal(detectSql("O'Brien"), null);
    assert.equal(detectSql(''), null);
  });
});
