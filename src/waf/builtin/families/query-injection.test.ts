import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { builtinOf, judgeHead, queryWith } from '../testing/judging.ts';

const rules = builtinOf();

function found(text: string): string[] {
  return judgeHead(rules, queryWith(text)).matches.map(({ ruleId, score }) => `${ruleId} ${score}`);
}

function scoreOf(text: string): number {
  return judgeHead(rules, queryWith(text)).score;
}

describe('queries of other kinds', () => {
  const attacks = [
    ...[
      '*)(uid=*))(|(uid=*',
      'admin)(&)',
      '*)(objectClass=*',
      '*))(|(cn=*',
      'x)(|(password=*))',
      'admin)(!(&(|',
      '*)!(sn=*',
    ],
    ...[
      'x\r\nSet-Cookie: a=b',
      'x\nContent-Length: 0\r\n\r\nHTTP/1.1 200 OK',
      'a\r\nLocation: http://h/',
      '\r\n\r\n<script>x()</script>',
    ],
    ...["'] | //user/*[contains(*,'", "x' or name()='username' or 'x'='y"],
    ...["'||'1'=='1"],
  ];
  for (const text of attacks) {
    it(`blocks ${JSON.stringify(text)}`, () => assert.ok(scoreOf(text) >= 5, found(text).join()));
  }

  const honest = [
    ...[
      '(a)(b)',
      'f(x)(y)',
      '(202) 555-0101',
      'Dear all,\r\nLocation: Berlin\r\nSubject: hello\r\n',
      'a*(b)',
      '(&)',
      '(one) (two) (three)',
    ],
    ...[
      'name\r\nstreet\r\ncity',
      'x::y',
      'std::vector',
      'price[gte]',
      '{"price":{"$gt":10}}',
      '(a|b)',
      'smile :) (really)',
      'http/1.1',
    ],
  ];
  for (const text of honest) {
    it(`leaves ${JSON.stringify(text)}`, () => assert.ok(scoreOf(text) < 5, found(text).join()));
  }
});
