import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { REASON_NAMES } from '../../core/reasons.ts';
import { formatAccessLine, formatSecurityLine, isSecurityEvent } from './access-log.ts';
import { createTestRecord } from './telemetry-fixtures.ts';

const blocked = createTestRecord({
  status: 403,
  reason: 'waf',
  ruleIds: ['xss-script-tag', 'sqli-union'],
  target: '/?q=%3Cscript%3E&token=abc',
  userAgent: 'Mozilla/5.0 (X11)',
  detail: 'XSS_SCRIPT_TAG in query: <script>',
  originMs: null,
});

describe('access log', () => {
  it('writes one readable line a request', () => {
    assert.equal(
      formatAccessLine(createTestRecord(), false),
      '2026-01-02T03:04:05.006Z INFO: request client_ip=192.0.2.1 method=GET uri=/page?a=1 status=200 ' +
        'host=www.example.org protocol=HTTP/1.1 reason=null user_agent=curl/8 bytes_in=100 bytes_out=5000 ' +
        'duration_ms=12.5 origin_ms=12 request_id=r-1 component=access\n',
    );
  });

  it('writes one JSON object a request', () => {
    assert.deepEqual(JSON.parse(formatAccessLine(createTestRecord(), true)), {
      timestamp: '2026-01-02T03:04:05.006Z',
      level: 'info',
      component: 'access',
      event: 'request',
      client_ip: '192.0.2.1',
      method: 'GET',
      uri: '/page?a=1',
      status: 200,
      host: 'www.example.org',
      protocol: 'HTTP/1.1',
      reason: null,
      user_agent: 'curl/8',
      bytes_in: 100,
      bytes_out: 5000,
      duration_ms: 12.5,
      origin_ms: 12,
      request_id: 'r-1',
    });
  });

  it('names the site where there are several', () => {
    assert.match(formatAccessLine(createTestRecord({ site: 'shop' }), false), / status=200 site=shop host=/);
  });

  it('keeps the query and redacts its secrets', () => {
    assert.match(formatAccessLine(blocked, false), / uri=\/\?q=%3Cscript%3E&token=\[redacted\] /);
  });

  it('cuts a secret that is longer than the target may be', () => {
    const target = `/?password=${'s'.repeat(5000)}`;
    assert.match(formatAccessLine(createTestRecord({ target }), false), / uri=\/\?password=\[redacted\] /);
  });

  it('stays one short line for a client that wants to forge one', () => {
    const hostile = `x\r\n2026 INFO: request client_ip=1.2.3.4 "\u2028${'y'.repeat(100_000)}`;
    const record = createTestRecord({
      method: hostile,
      target: hostile,
      host: hostile,
      userAgent: hostile,
      protocol: hostile,
    });
    for (const json of [false, true]) {
      for (const format of [formatAccessLine, formatSecurityLine]) {
        const line = format(record, json);
        assert.match(line, /^[\x20-\x7e]+\n$/);
        assert.ok(line.length < 4000, String(line.length));
      }
    }
  });
});

describe('security log', () => {
  it('warns of a blocked request with the rules that matched', () => {
    assert.equal(
      formatSecurityLine(blocked, false),
      '2026-01-02T03:04:05.006Z WARN: Request blocked client_ip=192.0.2.1 method=GET ' +
        'uri=/?q=%3Cscript%3E&token=[redacted] status=403 reason=waf matched_rules=xss-script-tag,sqli-union ' +
        'detail="XSS_SCRIPT_TAG in query: <script>" host=www.example.org user_agent="Mozilla/5.0 (X11)" request_id=r-1 component=security\n',
    );
  });

  it('tells an observed request from a blocked one', () => {
    const record = createTestRecord({ ruleIds: ['sqli-union'] });
    assert.match(formatSecurityLine(record, false), / WARN: Request matched rules client_ip=/);
  });

  it('is for what clients did, not for a node without room or a failing origin', () => {
    const events = REASON_NAMES.filter((reason) => isSecurityEvent({ reason, ruleIds: [] }));
    for (const reason of ['waf', 'rate_limit', 'forbidden_client', 'bad_request'] as const) {
      assert.ok(events.includes(reason), reason);
    }
    for (const reason of ['shed', 'overloaded', 'internal_error', 'origin_timeout', 'banned'] as const) {
      assert.ok(!events.includes(reason), reason);
    }
    assert.equal(isSecurityEvent({ reason: null, ruleIds: [] }), false);
    assert.equal(isSecurityEvent({ reason: null, ruleIds: ['sqli-union'] }), true);
  });
});
