import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type ErrorLineContext, toErrorLine } from './error-line.ts';
import { matchOf } from './testing/records.ts';

const CONTEXT: ErrorLineContext = {
  hostName: 'shop.example',
  target: '/a?id=1',
  id: '0a1b2c',
  clientAddress: '192.0.2.1',
  interruption: null,
};

describe('the line of a match', () => {
  it('has the form that tools for ModSecurity search', () => {
    assert.equal(
      toErrorLine(matchOf(), CONTEXT),
      '[client 192.0.2.1] ModSecurity: Warning. ' +
        "detected SQLi using libinjection with fingerprint 's&1c' " +
        '[file "/etc/rules/REQUEST-942.conf"] [line "46"] [id "942100"] [rev "1"] [msg "SQL Injection"] ' +
        '[data "Matched Data: s&1c found within ARGS:id"] [severity "2"] [ver "OWASP_CRS/4.28.0"] ' +
        '[tag "attack-sqli"] [tag "paranoia-level/1"] ' +
        '[hostname "shop.example"] [uri "/a"] [unique_id "0a1b2c"]',
    );
  });

  it('says what became of the request, if the match decided it', () => {
    const refused = {
      ...CONTEXT,
      interruption: { kind: 'refuse', phase: 2, status: 403, location: '' },
    } as const;
    assert.match(toErrorLine(matchOf(), refused), /ModSecurity: Access denied with code 403 \(phase 2\)\. /);
    assert.match(toErrorLine(matchOf({}, { disruptive: false }), refused), /ModSecurity: Warning\. /);
    const dropped = {
      ...CONTEXT,
      interruption: { kind: 'drop', phase: 1, status: 0, location: '' },
    } as const;
    assert.match(toErrorLine(matchOf(), dropped), /Access denied with connection close \(phase 1\)\./);
    const redirected = {
      ...CONTEXT,
      interruption: { kind: 'redirect', phase: 1, status: 302, location: 'https://a/"' },
    } as const;
    assert.match(toErrorLine(matchOf(), redirected), /redirection to https:\/\/a\/\\" using status 302/);
  });

  it('tells of built-in rules', () => {
    const line = toErrorLine(matchOf({ ruleId: 'sql-union', source: null }, null), CONTEXT);
    assert.match(
      line,
      /Matched in query:id\. \[id "sql-union"\] \[msg "SQL Injection"\] \[data "1' or 1=1 --"\]/,
    );
  });

  it('can neither be split nor forged, and is bounded', () => {
    const texts = fc.oneof(
      fc.constantFrom(
        '"] [id "1"]\r\n[client 1.2.3.4] ModSecurity: x',
        '\\"',
        '\u0000\u001b[31m',
        '\u00ff\u0085',
      ),
      fc.uint8Array({ maxLength: 5000 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const match = matchOf(
          { ruleId: text },
          { file: text, message: text, data: text, match: text, tags: [text], version: text, revision: text },
        );
        const line = toErrorLine(match, {
          ...CONTEXT,
          hostName: text,
          target: text,
          id: text,
          clientAddress: text,
        });
        assert.match(line, /^[ -~]*$/);
        assert.ok(line.length < 16_384);
        const quoted = line.match(
          /\[(?:file|line|id|rev|msg|data|severity|ver|tag|hostname|uri|unique_id) "(?:[^"\\]|\\.)*"\]/g,
        );
        const ids = quoted?.filter((piece) => piece.startsWith('[id ')) ?? [];
        assert.equal(ids.length, 1);
      }),
    );
  });
});
