/** One attack in forms that lenient origins read, and honest requests in the same forms. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { builtinOf, judgeBody, judgeHead, queryWith } from './testing/judging.ts';

const rules = builtinOf();
const JSON_TYPE = 'application/json';
const ATTACK = 'cat /etc/subuid-';
const PROSE = 'this is what people write in a long line of text '.repeat(10);

function scoreOfBody(text: string): number {
  return judgeBody(rules, text, JSON_TYPE).score;
}

describe('bodies of JSON', () => {
  it('are judged by the ends of long texts', () => {
    assert.ok(scoreOfBody(JSON.stringify({ a: `${ATTACK} ${PROSE}` })) >= 5);
    assert.equal(scoreOfBody(JSON.stringify({ a: PROSE })), 0);
  });

  it('are read behind comments', () => {
    assert.ok(scoreOfBody(`/* a */ {"a":"${ATTACK}"}`) >= 5);
    assert.equal(scoreOfBody('/* a */ {"a":"cats and dogs"}'), 0);
  });

  it('are read as forms where they are none', () => {
    assert.ok(scoreOfBody(`x=1&a=${encodeURIComponent(ATTACK)}`) >= 5);
    assert.equal(scoreOfBody('x=1&a=cats+and+dogs'), 0);
  });

  it('are judged by the names of members, without the path to them', () => {
    assert.ok(scoreOfBody(JSON.stringify({ '../../../etc/passwd': 1 })) >= 5);
    assert.ok(scoreOfBody(JSON.stringify({ a: { "1' or '1'='1": 1 } })) >= 5);
    assert.equal(scoreOfBody(JSON.stringify({ a: { 'b.c': { 'd e': 1 } } })), 0);
  });

  it('are judged by long documents inside of them', () => {
    const inner = JSON.stringify({ a: ATTACK, b: 'x'.repeat(300) });
    assert.ok(scoreOfBody(JSON.stringify({ data: inner })) >= 5);
  });
});

describe('targets', () => {
  const scoreOf = (target: string): number => judgeHead(rules, target).score;

  it('are judged by the parameters of segments', () => {
    assert.ok(scoreOf(`/shop/items;a=1;b=${queryWith(ATTACK).replace(/^.*=/, '')}`) >= 5);
    assert.equal(scoreOf('/shop/items;jsessionid=0123456789ABCDEF;v=1.2?a=b'), 0);
  });

  it('are judged by the values of one name together', () => {
    assert.ok(scoreOf('/?a=1%20union/*&b=x&a=*/select%20password%20from%20users') >= 5);
    assert.equal(scoreOf('/?tag=a%20(b)&tag=c;d&tag=e%20%26%20f'), 0);
  });
});
