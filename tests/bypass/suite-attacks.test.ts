import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readTestFile } from '../conformance/regression-suite.ts';
import { suiteAttacks } from './suite-attacks.ts';

function textsOf(rule: string, input: string): readonly string[] {
  const file = `rule_id: ${rule}\ntests:\n  - test_id: 1\n    stages:\n      - input:\n${input}\n        output: {log: {expect_ids: [${rule}]}}`;
  const attacks = suiteAttacks(readTestFile(file)).flat();
  return attacks.map(({ place, field, payload }) => `${place}${field === '' ? '' : ` ${field}`}: ${payload}`);
}

describe('attacks of the regression suite', () => {
  it('are the texts of a query, of fields and cookies, and the path, decoded once', () => {
    const input =
      '          uri: "/go%20on?first=a%2Bb+c&second"\n          headers: {Host: localhost, Referer: "there", Cookie: "k=v1; l=v%32"}';
    assert.deepEqual(textsOf('942999', input), [
      'argument: a+b c',
      'name: first',
      'argument: second',
      'header Referer: there',
      'cookie: v1',
      'cookie: v%32',
      'path: /go on',
    ]);
  });

  it('are the values of forms, documents and parts', () => {
    const post = (type: string, data: string) =>
      textsOf(
        '941999',
        `          method: POST\n          headers: {Content-Type: "${type}"}\n          data: ${JSON.stringify(data)}`,
      );
    assert.ok(post('application/x-www-form-urlencoded', 'ab=c%3Cd').includes('argument: c<d'));
    assert.ok(post('application/json', '{"ab": "c\\u003cd"}').includes('argument: c<d'));
    assert.ok(post('application/json', '{"ab": "cd"}').includes('name: ab'));
    assert.ok(post('application/xml', '<a b="c&lt;d">text</a>').includes('argument: c<d'));
    assert.ok(post('application/xml', '<a b="cd">text</a>').includes('argument: text'));
    const part = '--x\nContent-Disposition: form-data; name="ab"; filename="c.d"\n\ncontent\n--x--\n';
    const found = post('multipart/form-data; boundary=x', part);
    assert.ok(found.includes('argument: content') && found.includes('file-name: c.d'));
  });

  it('leave out other families, tests that expect nothing, and what was there before', () => {
    assert.deepEqual(textsOf('920999', '          uri: "/?a=bc"'), []);
    const twice = '          uri: "/?a=same&b=same"';
    assert.deepEqual(textsOf('942999', twice), ['argument: same']);
  });
});
