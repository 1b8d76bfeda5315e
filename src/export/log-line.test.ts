import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatJsonLine, formatReadableLine, LOG_LIST_LENGTH_MAX, LOG_VALUE_LENGTH_MAX } from './log-line.ts';

const WALL_MS = Date.UTC(2026, 0, 2, 3, 4, 5, 6);
const line = { wallMs: WALL_MS, level: 'info', component: 'control', event: 'Node status changed' } as const;

describe('readable line', () => {
  it('puts time, level, message, fields and component in this order', () => {
    assert.equal(
      formatReadableLine({
        ...line,
        fields: { old_status: 'Starting', new_status: 'Active', attempt: 2, ok: true },
      }),
      '2026-01-02T03:04:05.006Z INFO: Node status changed old_status=Starting new_status=Active attempt=2 ok=true component=control\n',
    );
  });

  it('quotes and escapes what could forge a field or a line', () => {
    const fields = { a: 'x y=1', b: 'say "no"\\', c: 'one\nWARN: two', d: 'p\u2028q\u202er', e: '', f: 'ü' };
    assert.equal(
      formatReadableLine({ ...line, component: '', fields }).slice('2026-01-02T03:04:05.006Z '.length),
      'INFO: Node status changed a="x y=1" b="say \\"no\\"\\\\" c="one\\u000aWARN: two" d="p\\u2028q\\u202er" e="" f="\\u00fc"\n',
    );
  });

  it('joins a list and leaves a plain target bare', () => {
    const text = formatReadableLine({
      ...line,
      fields: { rules: ['a', 'b'], uri: '/x?a=1&b=2', none: null },
    });
    assert.match(text, / rules=a,b uri=\/x\?a=1&b=2 none=null component=control\n$/);
  });

  it('caps long values and long lists', () => {
    const rules = Array.from({ length: 100 }, (_, index) => `r${index}`);
    const text = formatReadableLine({ ...line, fields: { a: 'x'.repeat(5000), rules } });
    assert.ok(text.includes(` a=${'x'.repeat(LOG_VALUE_LENGTH_MAX - 3)}... `));
    assert.ok(text.includes(`r${LOG_LIST_LENGTH_MAX - 1} `));
  });

  it('survives a time outside the calendar', () => {
    assert.match(formatReadableLine({ ...line, wallMs: Number.NaN, fields: {} }), /^1970-/);
  });
});

describe('JSON line', () => {
  it('has the envelope first and the fields beside it', () => {
    assert.equal(
      formatJsonLine({ ...line, fields: { attempt: 2, rules: ['a'], none: null } }),
      '{"timestamp":"2026-01-02T03:04:05.006Z","level":"info","component":"control","event":"Node status changed","attempt":2,"rules":["a"],"none":null}\n',
    );
  });

  it('keeps the envelope when a field has the same name', () => {
    const parsed = JSON.parse(formatJsonLine({ ...line, fields: { level: 'error', event: 'forged' } }));
    assert.equal(parsed.level, 'info');
    assert.equal(parsed.event, 'Node status changed');
    assert.equal(parsed.level_, 'error');
    assert.equal(parsed.event_, 'forged');
  });

  it('writes nothing beyond visible ASCII', () => {
    const text = formatJsonLine({ ...line, fields: { a: '\u2028ü\ud800\u007f\n' } });
    assert.match(text, /^[\x20-\x7e]+\n$/);
    assert.equal(JSON.parse(text).a, '\u2028ü\ud800\u007f\n');
  });
});
