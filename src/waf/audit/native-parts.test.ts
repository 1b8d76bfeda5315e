import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DEFAULT_PARTS, toNativeParts } from './native-parts.ts';
import { field, recordOf, requestOf } from './testing/records.ts';

const BOUNDARY = '4fa2b19c';

function lettersOf(text: string): string {
  return [...text.matchAll(/^--4fa2b19c-([A-Z])--$/gm)].map(([, letter]) => letter).join('');
}

describe('the audit log in parts', () => {
  it('has the parts that are asked for, and have something to say', () => {
    assert.equal(lettersOf(toNativeParts(recordOf(), DEFAULT_PARTS, BOUNDARY)), 'ABEFHIZ');
    assert.equal(lettersOf(toNativeParts(recordOf(), 'ABCIKZ', BOUNDARY)), 'ABCKZ');
    assert.equal(lettersOf(toNativeParts(recordOf({ response: null }), 'EF', BOUNDARY)), 'AZ');
  });

  it('has the heads as they were on the wire', () => {
    const text = toNativeParts(recordOf(), 'ABFZ', BOUNDARY);
    assert.ok(
      text.startsWith(
        '--4fa2b19c-A--\n[02/Nov/2026:14:01:55 +0000] 0a1b2c 192.0.2.1 51000 198.51.100.7 443\n',
      ),
    );
    assert.ok(text.includes('-B--\nPOST /a?id=1%27 HTTP/1.1\nHost: shop.example\n'));
    assert.ok(text.includes('-F--\nHTTP/1.1 403 Forbidden\nContent-Type: text/html\n'));
    assert.ok(text.endsWith('--4fa2b19c-Z--\n\n'));
  });

  it('tells what the rules say, and which they were', () => {
    const text = toNativeParts(recordOf(), 'AHKZ', BOUNDARY);
    assert.match(text, /^Message: Access denied with code 403 \(phase 2\)\. .*\[id "942100"\]/m);
    assert.match(text, /^Action: Intercepted \(phase 2\)$/m);
    assert.match(text, /^Stopwatch: 1250 usec$/m);
    assert.match(text, /^Engine-Mode: "ENABLED"$/m);
    assert.match(text, /^\/etc\/rules\/REQUEST-942\.conf:46 \[id "942100"\]$/m);
  });

  it('lists files instead of their content', () => {
    const files = [{ field: 'f', fileName: 'a"\n.php', size: 12 }];
    const text = toNativeParts(
      recordOf({ request: requestOf({ files, body: 'secret content' }) }),
      'AIJZ',
      BOUNDARY,
    );
    assert.equal(lettersOf(text), 'AJZ');
    assert.ok(text.includes('1,12,"a\\"\\n.php","f"'));
    assert.ok(!text.includes('secret content'));
  });

  it('has no line of a client that looks like a part', () => {
    const evil = `x\r\n--${BOUNDARY}-Z--\n\n--${BOUNDARY}-A--\nforged`;
    const headers = [field(evil, evil)];
    const text = toNativeParts(
      recordOf({ request: requestOf({ body: evil, headers, target: evil }) }),
      'ABCZ',
      BOUNDARY,
    );
    assert.equal(lettersOf(text), 'ABCZ');
  });
});
