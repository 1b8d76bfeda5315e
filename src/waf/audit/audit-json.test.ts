import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { toAuditJson } from './audit-json.ts';
import type { AuditRecord } from './audit-record.ts';
import { field, matchOf, recordOf, requestOf } from './testing/records.ts';

// biome-ignore lint/suspicious/noExplicitAny: what JSON.parse returns, read by path in expectations
function transactionOf(record: AuditRecord): any {
  return JSON.parse(toAuditJson(record)).transaction;
}

describe('the audit log in JSON', () => {
  it('has the names and the nesting of ModSecurity 3', () => {
    const transaction = transactionOf(recordOf());
    assert.equal(transaction.client_ip, '192.0.2.1');
    assert.equal(transaction.time_stamp, 'Mon Nov  2 14:01:55 2026');
    assert.equal(transaction.host_port, 443);
    assert.equal(transaction.unique_id, '0a1b2c');
    assert.deepEqual(transaction.request, {
      method: 'POST',
      http_version: '1.1',
      hostname: 'shop.example',
      uri: '/a?id=1%27',
      headers: { Host: 'shop.example', 'Content-Type': 'application/x-www-form-urlencoded' },
      body: 'x=1',
    });
    assert.equal(transaction.response.http_code, 403);
    assert.equal(transaction.producer.secrules_engine, 'Enabled');
    assert.deepEqual(transaction.messages, [
      {
        message: 'SQL Injection',
        details: {
          match: "detected SQLi using libinjection with fingerprint 's&1c'",
          reference: '',
          ruleId: '942100',
          file: '/etc/rules/REQUEST-942.conf',
          lineNumber: '46',
          data: 'Matched Data: s&1c found within ARGS:id',
          severity: '2',
          ver: 'OWASP_CRS/4.28.0',
          rev: '1',
          tags: ['attack-sqli', 'paranoia-level/1'],
          maturity: '0',
          accuracy: '0',
        },
      },
    ]);
  });

  it('is one line, whatever the client sends', () => {
    const evil = '"\r\n{"transaction":{}}\u0000';
    const line = toAuditJson(
      recordOf({
        request: requestOf({ target: evil, method: evil, headers: [field(evil, evil)], body: evil }),
      }),
    );
    assert.ok(!/[\r\n]/.test(line));
    assert.equal(JSON.parse(line).transaction.request.uri, evil);
  });

  it('reads bytes as UTF-8 where they are that', () => {
    const body = Buffer.from('\u00e9', 'utf8').toString('latin1');
    assert.equal(transactionOf(recordOf({ request: requestOf({ body }) })).request.body, '\u00e9');
    assert.equal(transactionOf(recordOf({ request: requestOf({ body: '\u00ff' }) })).request.body, '\u00ff');
  });

  it('keeps fields that came several times, and fields with names of objects', () => {
    const headers = [field('A', '1'), field('A', '2'), field('__proto__', 'x')];
    const line = toAuditJson(recordOf({ request: requestOf({ headers }) }));
    assert.ok(line.includes('"A":["1","2"]'));
    assert.ok(line.includes('"__proto__":"x"'));
  });

  it('leaves out what rules do not want to be audited, and takes built-in rules', () => {
    const messages = transactionOf(
      recordOf({
        matches: [matchOf({}, { auditLog: false }), matchOf({ source: null }, null)],
        response: null,
      }),
    ).messages;
    assert.equal(messages.length, 1);
    assert.equal(messages[0].details.data, "1' or 1=1 --");
    assert.equal(messages[0].details.match, 'Matched in query:id.');
  });
});
