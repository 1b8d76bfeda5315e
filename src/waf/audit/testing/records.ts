/** Audit records for tests: one plain request with one match, changed as a test wants. */
import type { RuleDetails, RuleMatch } from '../../../core/verdict.ts';
import type { AuditField, AuditRecord } from '../audit-record.ts';

export const DETAILS: RuleDetails = {
  file: '/etc/rules/REQUEST-942.conf',
  line: 46,
  severity: 2,
  tags: ['attack-sqli', 'paranoia-level/1'],
  version: 'OWASP_CRS/4.28.0',
  revision: '1',
  message: 'SQL Injection',
  data: 'Matched Data: s&1c found within ARGS:id',
  match: "detected SQLi using libinjection with fingerprint 's&1c'",
  phase: 2,
  disruptive: true,
  log: true,
  auditLog: true,
};

export function matchOf(
  changes: Partial<RuleMatch> = {},
  details: Partial<RuleDetails> | null = {},
): RuleMatch {
  return {
    ruleId: '942100',
    label: 'attack-sqli',
    message: 'SQL Injection',
    score: 5,
    part: 'query:id',
    value: "1' or 1=1 --",
    start: 0,
    end: 5,
    decodings: [],
    source: '/etc/rules/REQUEST-942.conf:46',
    details: details === null ? null : { ...DETAILS, ...details },
    ...changes,
  };
}

export function recordOf(changes: Partial<AuditRecord> = {}): AuditRecord {
  return {
    id: '0a1b2c',
    timeMs: Date.UTC(2026, 10, 2, 14, 1, 55),
    durationMs: 1.25,
    clientAddress: '192.0.2.1',
    clientPort: 51_000,
    serverAddress: '198.51.100.7',
    serverPort: 443,
    hostName: 'shop.example',
    request: requestOf({}),
    response: {
      status: 403,
      reasonPhrase: 'Forbidden',
      protocol: 'HTTP/1.1',
      headers: [{ name: 'Content-Type', value: 'text/html' }],
      body: '<p>No</p>',
    },
    matches: [matchOf()],
    interruption: { kind: 'refuse', phase: 2, status: 403, location: '' },
    producer: { engine: 'SecBeat/0.1', connector: 'SecBeat', mode: 'On', components: ['OWASP_CRS/4.28.0'] },
    ...changes,
  };
}

export function requestOf(changes: Partial<AuditRecord['request']>): AuditRecord['request'] {
  return {
    method: 'POST',
    target: '/a?id=1%27',
    protocol: 'HTTP/1.1',
    headers: [field('Host', 'shop.example'), field('Content-Type', 'application/x-www-form-urlencoded')],
    body: 'x=1',
    files: [],
    ...changes,
  };
}

export function field(name: string, value: string): AuditField {
  return { name, value };
}
