/**
 * What RFC 9112 asks of a server and proxy beyond reading a request: framing of answers, order, persistence, early
 * ends. One test for each rule, named by its section; refusals.test.ts has those about the request itself.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { chunked, field, readResponse, requestText, responseText } from '../support/messages.ts';
import { Stand } from '../support/stand.ts';

let stand: Stand;
before(async () => {
  stand = await Stand.open({ settings: { http: { header_timeout_ms: 400, idle_timeout_seconds: 1 } } });
});
after(() => stand.close());

const GET = requestText('GET', '/');

/** Answers of the origin that end where a HEAD, a 204 or a 304 ends: with their head. */
const BODILESS: readonly (readonly [name: string, method: string, answer: string, status: number])[] = [
  ['to HEAD', 'HEAD', 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n', 200],
  ['with 204', 'GET', 'HTTP/1.1 204 No Content\r\n\r\n', 204],
  ['with 304', 'GET', 'HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n', 304],
];

/** Answers of the origin that nobody can tell the end of, or that are no HTTP. */
const NONSENSE: readonly (readonly [section: string, name: string, answer: string])[] = [
  ['4', 'a status line without a version', '200 OK\r\nContent-Length: 0\r\n\r\n'],
  ['4', 'a status of two digits', 'HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n'],
  ['4', 'a status of letters', 'HTTP/1.1 abc OK\r\nContent-Length: 0\r\n\r\n'],
  ['2.3', 'another major version', 'HTTP/3.0 200 OK\r\nContent-Length: 0\r\n\r\n'],
  ['5.1', 'white space before the colon', 'HTTP/1.1 200 OK\r\nContent-Length : 0\r\n\r\n'],
  ['5.2', 'a folded line', 'HTTP/1.1 200 OK\r\nX-A: 1\r\n 2\r\nContent-Length: 0\r\n\r\n'],
  ['2.2', 'a lone CR', 'HTTP/1.1 200 OK\r\nX-A: a\rb\r\nContent-Length: 0\r\n\r\n'],
  ['6.3', 'two lengths that differ', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'],
  [
    '6.3',
    'a length and a coding',
    'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  ],
  ['6.3', 'a length that is no number', 'HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n'],
  ['6.1', 'a coding in HTTP/1.0', 'HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
  ['7.1', 'a chunk size that is no number', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n'],
];

describe('answers of the origin', () => {
  for (const [name, method, answer, status] of BODILESS) {
    it(`RFC 9112 6.3: an answer ${name} ends with its head, and the connection goes on`, async () => {
      stand.origin.respond(() => answer);
      const wire = await stand.connect();
      wire.write(requestText(method, '/') + GET);
      assert.equal((await readResponse(wire, method)).status, status);
      stand.origin.respond(() => responseText('second'));
      assert.match((await readResponse(wire, 'HEAD')).startLine, /^HTTP\/1\.1 /);
      wire.close();
    });
  }

  for (const [section, name, answer] of NONSENSE) {
    it(`RFC 9112 ${section}: an answer with ${name} becomes 502, and its connection is not used again`, async () => {
      stand.origin.play(async (wire) => {
        await wire.readUntil('\r\n\r\n');
        wire.write(answer);
      });
      const response = await stand.request();
      assert.equal(response.status, 502);
      await stand.origin.wires.at(-1)?.untilEnd();
    });
  }

  it('RFC 9112 7.1: the chunked coding is decoded, and written anew', async () => {
    stand.origin.respond(async (_request, wire) => {
      wire.write(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${chunked(['he', 'llo'])}`);
    });
    assert.equal((await stand.request()).body.toString(), 'hello');
  });

  it('RFC 9112 8: an answer that breaks off is never passed on as complete', async () => {
    stand.origin.play(async (wire) => {
      await wire.readUntil('\r\n\r\n');
      wire.write(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n`);
      wire.end();
    });
    const wire = await stand.connect();
    wire.write(GET);
    const octets = (await wire.readToEnd()).toString('latin1');
    assert.match(octets, /hello/);
    assert.doesNotMatch(octets, /\r\n0\r\n\r\n$/);
    wire.close();
  });

  it('RFC 9112 8: an answer shorter than its length closes the connection of the client', async () => {
    stand.origin.play(async (wire) => {
      await wire.readUntil('\r\n\r\n');
      wire.write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello');
      wire.end();
    });
    const wire = await stand.connect();
    wire.write(GET + GET);
    const octets = (await wire.readToEnd()).toString('latin1');
    assert.equal(octets.split('HTTP/1.1').length, 2, 'one answer, and nothing behind it');
    wire.close();
  });

  it('RFC 9112 6.3: an answer without framing lasts until its connection ends', async () => {
    stand.origin.play(async (wire) => {
      await wire.readUntil('\r\n\r\n');
      wire.write('HTTP/1.1 200 OK\r\n\r\nto the end');
      wire.end();
    });
    assert.equal((await stand.request()).body.toString(), 'to the end');
  });
});

describe('connections of clients', () => {
  before(() => stand.origin.respond((request) => responseText(request.target)));

  it('RFC 9112 9.3.2: pipelined requests are answered in their order', async () => {
    const wire = await stand.connect();
    const targets = Array.from({ length: 20 }, (_, index) => `/${index}`);
    wire.write(targets.map((target) => requestText('GET', target)).join(''));
    for (const target of targets) assert.equal((await readResponse(wire)).body.toString(), target);
    wire.close();
  });

  it('RFC 9112 9.3: HTTP/1.1 persists without being asked to', async () => {
    const wire = await stand.connect();
    for (const target of ['/a', '/b', '/c']) {
      wire.write(requestText('GET', target));
      assert.equal((await readResponse(wire)).body.toString(), target);
    }
    wire.close();
  });

  it('RFC 9112 9.3: HTTP/1.0 persists only where the client asks, and is told so', async () => {
    const kept = await stand.connect();
    kept.write('GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n');
    assert.equal(field(await readResponse(kept), 'connection'), 'keep-alive');
    kept.close();
    const closed = await stand.connect();
    closed.write('GET / HTTP/1.0\r\n\r\n');
    await readResponse(closed);
    await closed.untilEnd();
  });

  it('RFC 9112 9.6: close is answered with close, and nothing behind it is served', async () => {
    const wire = await stand.connect();
    wire.write(requestText('GET', '/last', { Connection: 'close' }) + requestText('GET', '/never'));
    const response = await readResponse(wire);
    assert.equal(field(response, 'connection'), 'close');
    assert.equal((await wire.readToEnd()).length, 0);
    wire.close();
  });

  it('RFC 9112 9.6: the last answer arrives although the client goes on sending', async () => {
    const wire = await stand.connect();
    wire.write('BROKEN\r\n\r\n');
    for (let count = 0; count < 50; count++) wire.write('x'.repeat(1000));
    assert.equal((await readResponse(wire)).status, 400);
    wire.close();
  });

  it('RFC 9112 9.5: an idle connection is closed without an answer', async () => {
    const wire = await stand.connect();
    assert.equal((await wire.readToEnd()).length, 0);
    wire.close();
  });

  it('RFC 9110 15.5.9: a head that does not arrive in time gets 408', async () => {
    const wire = await stand.connect();
    wire.write('GET / HTTP/1.1\r\nHo');
    assert.equal((await readResponse(wire)).status, 408);
    await wire.untilEnd();
  });

  it('RFC 9112 3.2.2: the authority of an absolute target replaces Host', async () => {
    const wire = await stand.connect();
    wire.write('GET http://inner.example/x HTTP/1.1\r\nHost: outer.example\r\n\r\n');
    await readResponse(wire);
    const request = stand.origin.requests.at(-1);
    assert.ok(request !== undefined);
    assert.equal(request.target, '/x');
    assert.equal(field(request, 'host'), 'inner.example');
    wire.close();
  });

  it('RFC 9112 11.2: what stands behind a body of the declared length is the next request', async () => {
    const wire = await stand.connect();
    const inner = requestText('GET', '/inner');
    wire.write(`POST /outer HTTP/1.1\r\nHost: a\r\nContent-Length: ${inner.length}\r\n\r\n${inner}`);
    wire.write(requestText('GET', '/next'));
    assert.equal((await readResponse(wire)).body.toString(), '/outer');
    assert.equal((await readResponse(wire)).body.toString(), '/next');
    wire.close();
  });
});
