import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { editResponseHead } from './edit-response.ts';
import { parseResponseHead } from './parse-response.ts';
import { ResponseHead } from './response-head.ts';
import { writeResponseHead } from './write-response.ts';

const LIMITS = { headerBytesMax: 8192, headerCountMax: 32 };

/** What the client gets when the head is edited where it stands, and when it is written anew. */
function bothWays(...lines: readonly string[]): { readonly edited: string; readonly written: string } {
  const text = `${lines.join('\r\n')}\r\n\r\n`;
  const before = 'HTTP/1.1 103 Early Hints\r\n\r\n';
  const bytes = Buffer.from(`${before}${text}body`);
  const head = new ResponseHead(LIMITS.headerCountMax);
  const end = before.length + text.length;
  assert.equal(parseResponseHead(bytes, before.length, bytes.length, head, LIMITS, 'GET'), end);
  assert.ok(head.editable);
  const written = writeResponseHead(head, false, false, 1);
  const start = editResponseHead(head);
  assert.equal(bytes.toString('latin1', end), 'body');
  return { edited: bytes.toString('latin1', start, end), written };
}

/** Status line and lines without regard to their order, which the two ways may choose differently. */
function sorted(head: string): readonly string[] {
  return head.split('\r\n').sort();
}

describe('a response head edited where it stands', () => {
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ['nothing to cut', ['Server: a', 'Content-Length: 4']],
    ['the last line to cut', ['Server: a', 'Content-Length: 4', 'Connection: keep-alive']],
    ['the first line to cut', ['Connection: Keep-Alive', 'Server: a', 'Content-Length: 4']],
    ['lines to cut on both sides', ['Keep-Alive: timeout=5', 'Content-Length: 4', 'Connection: keep-alive']],
    ['neighbours to cut', ['A: 1', 'Connection: keep-alive', 'Keep-Alive: timeout=5', 'Content-Length: 4']],
    [
      'several places to cut',
      ['Upgrade: h2c', 'A: 1', 'Trailer: b', 'Content-Length: 4', 'Connection: upgrade'],
    ],
  ];
  for (const [title, lines] of cases) {
    it(`with ${title} says the same as one written anew`, () => {
      const { edited, written } = bothWays('HTTP/1.1 200 OK', ...lines);
      assert.deepEqual(sorted(edited), sorted(written));
      assert.ok(edited.endsWith('\r\n\r\n'));
      assert.doesNotMatch(edited, /connection|keep-alive|upgrade|trailer/i);
    });
  }

  for (const [title, head] of [
    ['with a length that has leading zeros', 'HTTP/1.1 200 OK\r\nContent-Length: 004'],
    ['with odd spacing', 'HTTP/1.1 200 OK\r\nContent-Length:4'],
    ['of an older version', 'HTTP/1.0 200 OK\r\nContent-Length: 4'],
    ['that nominates a field', 'HTTP/1.1 200 OK\r\nConnection: x\r\nX: 1\r\nContent-Length: 4'],
    ['with chunks', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked'],
    ['without a length', 'HTTP/1.1 200 OK\r\nServer: a'],
    ['of 204 with a length', 'HTTP/1.1 204 No Content\r\nContent-Length: 4'],
  ] as const) {
    it(`${title} is written anew instead`, () => {
      const bytes = Buffer.from(`${head}\r\n\r\n`);
      const read = new ResponseHead(LIMITS.headerCountMax);
      assert.equal(parseResponseHead(bytes, 0, bytes.length, read, LIMITS, 'GET'), bytes.length);
      assert.equal(read.editable, false);
    });
  }
});
