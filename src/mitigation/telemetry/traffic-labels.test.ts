import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { REASON_NAMES, REASONS } from '../../core/reasons.ts';
import {
  CONNECTION_REASONS,
  METHOD_LABELS,
  methodId,
  STATUS_LABELS,
  statusId,
  TLS_VERSION_LABELS,
  tlsVersionId,
  VERDICT_SERIES,
  wafFamily,
} from './traffic-labels.ts';

describe('label sets', () => {
  it('find every method, and OTHER for all else', () => {
    for (const [id, method] of METHOD_LABELS.entries()) assert.equal(methodId(method), id);
    for (const odd of ['get', 'BREW', '', '__proto__', 'CONNECT']) {
      assert.equal(METHOD_LABELS[methodId(odd)], 'OTHER');
    }
  });

  it('find every registered status, and other for all else', () => {
    for (const [id, label] of STATUS_LABELS.entries()) {
      if (label !== 'other') assert.equal(statusId(Number(label)), id);
    }
    for (const odd of [0, -1, 299, 599, 600, 999, 200.5, Number.NaN]) {
      assert.equal(STATUS_LABELS[statusId(odd)], 'other');
    }
  });

  it('name each reason in one place according to its kind', () => {
    const inVerdicts = VERDICT_SERIES.map(([, reason]) => reason);
    for (const reason of REASON_NAMES) {
      assert.equal(CONNECTION_REASONS.includes(reason), REASONS[reason].kind === 'connection', reason);
      assert.equal(inVerdicts.includes(reason), REASONS[reason].kind !== 'connection', reason);
    }
    assert.equal(new Set(VERDICT_SERIES.map(String)).size, VERDICT_SERIES.length);
  });

  it('tell TLS versions apart', () => {
    const label = (protocol: string | null) => TLS_VERSION_LABELS[tlsVersionId(protocol)];
    assert.deepEqual(['TLSv1.2', 'TLSv1.3', 'TLSv1', null].map(label), ['1.2', '1.3', 'none', 'none']);
  });

  it('sort event labels into families', () => {
    const families = {
      PATH_TRAVERSAL: 'path_traversal',
      XSS_SCRIPT_TAG: 'xss',
      XSS_ATTEMPT: 'xss',
      SQL_INJECTION: 'sql_injection',
      COMMAND_INJECTION: 'command_injection',
      'CUSTOM_PATTERN: pattern_1': 'custom_pattern',
      INVALID_HTTP: 'other',
    };
    for (const [label, family] of Object.entries(families)) assert.equal(wafFamily(label), family);
  });
});
