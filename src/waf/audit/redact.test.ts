import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { toAuditJson } from './audit-json.ts';
import type { AuditRecord } from './audit-record.ts';
import { DEFAULT_REDACTION, redactRecord } from './redact.ts';
import { isSecretName, SECRET_WORDS } from './secret-names.ts';
import { field, matchOf, recordOf, requestOf } from './testing/records.ts';

const SECRET = 'Tr0ub4dor';

function withBody(type: string, body: string): string | null {
  const record = recordOf({ request: requestOf({ headers: [field('Content-Type', type)], body }) });
  return redactRecord(record).request.body;
}

describe('a name', () => {
  it('is secret by one of its words', () => {
    for (const name of [
      'password',
      'newPassword',
      'user[access_token]',
      'json.card.number',
      'api-key',
      'X_API_KEY',
      'credit_card',
      'PASSWD2 pwd',
    ]) {
      assert.ok(isSecretName(name, SECRET_WORDS), name);
    }
    for (const name of ['q', 'compass', 'tokenize', 'spinner', 'cardigan', 'key', '']) {
      assert.ok(!isSecretName(name, SECRET_WORDS), name);
    }
  });
});

describe('a redacted record', () => {
  it('has no credentials and no values of cookies in its heads', () => {
    const record = recordOf({
      request: requestOf({
        target: `/login?user=a&password=${SECRET}&q=1`,
        headers: [
          field('Authorization', `Bearer ${SECRET}`),
          field('COOKIE', `sid=${SECRET}; theme=dark`),
          field('X-Api-Key', SECRET),
          field('Referer', `https://a.example/?token=${SECRET}`),
          field('Accept', '*/*'),
        ],
      }),
      response: {
        status: 302,
        reasonPhrase: 'Found',
        protocol: 'HTTP/1.1',
        headers: [
          field('Set-Cookie', `sid=${SECRET}; Path=/; HttpOnly`),
          field('Location', `/x?otp=${SECRET}`),
        ],
        body: null,
      },
    });
    const redacted = redactRecord(record);
    assert.equal(redacted.request.target, '/login?user=a&password=[redacted]&q=1');
    assert.deepEqual(
      redacted.request.headers.map(({ value }) => value),
      [
        '[redacted]',
        'sid=[redacted]; theme=[redacted]',
        '[redacted]',
        'https://a.example/?token=[redacted]',
        '*/*',
      ],
    );
    assert.deepEqual(
      redacted.response?.headers.map(({ value }) => value),
      ['sid=[redacted]; Path=/; HttpOnly', '/x?otp=[redacted]'],
    );
  });

  it('has no secret arguments in its body, whatever the format', () => {
    for (const [type, body, expected] of [
      ['application/x-www-form-urlencoded', `a=1&p%61ssword=${SECRET}&b=2`, 'a=1&p%61ssword=[redacted]&b=2'],
      [
        'application/json',
        `{"a":1, "password" : "${SECRET}\\"x", "b":2}`,
        '{"a":1, "password" : "[redacted]", "b":2}',
      ],
      ['application/json', `{"token":[1,{"x":"${SECRET}"}],"b":2}`, '{"token":"[redacted]","b":2}'],
      ['application/json', `{"p\\u0061ssword":123456}`, '{"p\\u0061ssword":"[redacted]"}'],
      ['application/json', `{"a":{"pin":null},"x":"password"}`, '{"a":{"pin":"[redacted]"},"x":"password"}'],
      ['application/json', `{"password":"${SECRET}`, '{"password":"[redacted]"'],
      ['text/plain', `[{"secret":"${SECRET}"}]`, '[{"secret":"[redacted]"}]'],
      ['text/xml', `<a pin="${SECRET}"><b:password x="1">${SECRET}</b:password></a>`, null],
      ['text/plain', 'some = text & password is not here', 'some = text & password is not here'],
    ] as const) {
      const redacted = withBody(type, body);
      assert.ok(redacted?.includes(SECRET) === false, String(redacted));
      if (expected !== null) assert.equal(redacted, expected);
    }
  });

  it('has no secret fields in a form of parts', () => {
    const part = (name: string, value: string) =>
      `--xy\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
    const body = `${part('a', '1')}${part('password', SECRET)}${part('b', '2')}--xy--\r\n`;
    const redacted = withBody('multipart/form-data; boundary=xy', body);
    assert.equal(redacted, body.replace(SECRET, '[redacted]'));
  });

  it('has no secrets in what the rules say', () => {
    const record = recordOf({
      request: requestOf({ body: `x=1&password=${SECRET}%27` }),
      matches: [
        matchOf({ part: 'body:password', value: `${SECRET}'` }, { data: `Matched Data: ${SECRET}'` }),
        matchOf(
          { part: 'body', value: `x=1 password=${SECRET.toLowerCase()}'` },
          { match: `(Value: ${SECRET}' )` },
        ),
        matchOf({ part: 'cookie:sid', value: 'abc' }, null),
        matchOf({ part: 'header:authorization', value: 'Basic abc' }, null),
        matchOf({ part: 'query:id', value: 'kept' }),
      ],
    });
    const redacted = redactRecord(record);
    assert.ok(!JSON.stringify(redacted).toLowerCase().includes(SECRET.toLowerCase()));
    assert.deepEqual(
      redacted.matches.slice(2).map(({ value }) => value),
      ['[redacted]', '[redacted]', 'kept'],
    );
  });

  it('is cut to lengths', () => {
    const policy = { ...DEFAULT_REDACTION, fieldCharactersMax: 10, bodyCharactersMax: 20 };
    const long = 'x'.repeat(100);
    const request = requestOf({ target: long, headers: [field(long, long)], body: long });
    const redacted = redactRecord(recordOf({ request }), policy).request;
    assert.equal(redacted.target, `${'x'.repeat(10)}...`);
    assert.equal(redacted.headers[0]?.value.length, 13);
    assert.equal(redacted.body?.length, 23);
  });

  it('comes from any record without an error, and is its own redaction', () => {
    const texts = fc
      .array(
        fc.constantFrom(
          '{',
          '}',
          '[',
          ']',
          '"',
          ':',
          ',',
          'password',
          '=',
          '&',
          '<',
          '>',
          ' ',
          'x',
          '\\',
          '\n--',
          '\r\n\r\n',
          'name="pin"',
          '?',
          ';',
        ),
        { maxLength: 30, size: 'max' },
      )
      .map((list) => list.join(''));
    const types = fc.constantFrom(
      'application/json',
      'text/xml',
      'multipart/form-data; boundary=x',
      'text/plain',
    );
    fc.assert(
      fc.property(texts, types, (text, type) => {
        const record: AuditRecord = recordOf({
          request: requestOf({
            target: text,
            headers: [field('Content-Type', type), field('Cookie', text)],
            body: text,
          }),
        });
        const redacted = redactRecord(record);
        assert.deepEqual(redactRecord(redacted), redacted);
        toAuditJson(redacted);
      }),
      { numRuns: 500 },
    );
  });

  it('takes time in proportion to the body', () => {
    for (const [type, piece] of [
      ['application/json', '{"password":'],
      ['application/json', '"token":['],
      ['application/json', '"'],
      ['text/xml', `<${'a'.repeat(128)}`],
      ['text/xml', '<password>'],
      ['text/xml', ' a="'],
      ['application/x-www-form-urlencoded', 'pin=%41&'],
      ['multipart/form-data; boundary=x', '\n--\nname="pin"\n\n'],
    ] as const) {
      const startMs = performance.now();
      withBody(type, piece.repeat(1_000_000 / piece.length));
      assert.ok(performance.now() - startMs < 2000, `${type} of ${piece}`);
    }
  });
});
