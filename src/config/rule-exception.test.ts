import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatException, parseException } from './rule-exception.ts';

describe('parseException', () => {
  it('reads rule, part and path', () => {
    assert.deepEqual(parseException('942100 query:q /search'), {
      ok: true,
      value: { ruleId: '942100', tag: null, part: 'query:q', path: '/search' },
    });
  });

  it('takes everything where part and path are left out', () => {
    assert.deepEqual(parseException(' tag:attack-sqli '), {
      ok: true,
      value: { ruleId: null, tag: 'attack-sqli', part: null, path: null },
    });
    assert.deepEqual(parseException('xss-script-tag * /admin'), {
      ok: true,
      value: { ruleId: 'xss-script-tag', tag: null, part: null, path: '/admin' },
    });
  });

  it('reads back what is written for a part with blanks', () => {
    const line = formatException('xss-script-tag', 'query:a b%', '/admin');
    assert.equal(line, 'xss-script-tag query:a%20b%25 /admin');
    const exception = parseException(line);
    assert.equal(exception.ok && exception.value.part, 'query:a b%');
  });

  for (const line of ['', '!x', '942100 q%', '942100 * admin', '942100 * /a b', 'tag:']) {
    it(`refuses ${JSON.stringify(line)} and says what a line looks like`, () => {
      const exception = parseException(line);
      assert.equal(exception.ok, false);
    });
  }
});
