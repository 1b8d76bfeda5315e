import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { detectNoSql, detectNoSqlName } from './nosql.ts';

describe('detectNoSqlName', () => {
  for (const name of ['password[$ne]', 'user[$gt]', 'a[$regex]', '$where', '$ne', 'user.$ne', "u['$gt']"]) {
    it(`is sure of ${name}`, () => assert.equal(detectNoSqlName(name)?.score, 5));
  }
  for (const name of ['filters[price][$lt]', 'a[$in]', '$or']) {
    it(`suspects ${name}`, () => assert.equal(detectNoSqlName(name)?.score, 3));
  }
  for (const name of ['$limit', 'price', 'a[b]', '$type', 'cost$', 'a[$sort]', '$nearby', 'pay[$]', '']) {
    it(`leaves ${JSON.stringify(name)}`, () => assert.equal(detectNoSqlName(name), null));
  }
});

describe('detectNoSql', () => {
  for (const value of [
    '{"$gt":""}',
    '{"a":{"$ne":null}}',
    "{$where:'1==1'}",
    '{"a":1,"$where":"sleep(1)"}',
  ]) {
    it(`is sure of ${value}`, () => assert.equal(detectNoSql(value)?.score, 5));
  }
  const script = [
    "';return true;var x='a",
    'this.password.match(/^a/)',
    "' && this.password.match(/.*/)",
    "'; while(true){}",
    'db.users.find({})',
    "a', $where: '1 == 1",
    'tojson(this)',
  ];
  for (const value of script) {
    it(`suspects ${value}`, () => assert.ok((detectNoSql(value)?.score ?? 0) >= 3));
  }
  const honest = [
    ...[
      '{"a":"b"}',
      'query Q($type: T, $where: W) { a }',
      '$5.00',
      'this. and that',
      '{"$id":1}',
      'the db. of mine',
    ],
    ...["it's ours; return it", 'price: $lt', ''],
  ];
  for (const value of honest) {
    it(`leaves ${JSON.stringify(value)}`, () => assert.equal(detectNoSql(value), null));
  }

  it('tells which operator stands where', () => {
    const value = '{"a": {"$ne": 1}}';
    const finding = detectNoSql(value);
    assert.equal(finding?.form, '$ne');
    assert.equal(value.slice(finding?.start, finding?.end), '{"$ne":');
  });
});
