/**
 * What the node forwards, read by the HTTP server and the HTTP client of the runtime over real sockets. On the two
 * runtimes these are different parsers, and neither has anything in common with this codec.
 */
import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, METHODS, request, type Server } from 'node:http';
import { type AddressInfo, connect, createServer as createTcpServer, type Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { runs } from '../../tests/support/fuzz.ts';
import { BODY_CHUNKED, BODY_LENGTH, BODY_NONE, BODY_UNTIL_CLOSE } from './framing.ts';
import { mutated } from './testing/arbitrary.ts';
import { REQUESTS, RESPONSES } from './testing/messages.ts';
import { plainRewrite } from './testing/plain-rewrite.ts';
import { listFields, readRequest, readResponse } from './testing/read.ts';
import { constantLines, writeRequestHead } from './write-request.ts';
import { writeResponseHead } from './write-response.ts';

const PATIENCE_MS = 5000;
const BY = {
  peer: '192.0.2.1',
  scheme: 'http',
  trusted: false,
  lines: constantLines('192.0.2.1', 'http'),
} as const;
/** A request behind the one in question: it must arrive as itself, whatever stood before it. */
const SENTINEL = 'GET /sentinel HTTP/1.1\r\nHost: sentinel\r\nConnection: close\r\n\r\n';

interface Seen {
  readonly method: string;
  readonly target: string;
  readonly host: string;
  readonly body: string;
}

/** What the node forwards of a request that it accepts, and how it has to be understood; null where it refuses. */
function forwardRequest(text: string, body: string): { bytes: string; seen: Seen } | null {
  const { outcome, head } = readRequest(text);
  if (outcome !== 'ok' || head.webSocketKey !== '' || !METHODS.includes(head.method)) return null;
  const data = head.framing === BODY_NONE ? '' : body;
  const bytes = writeRequestHead(head, BY, head.framing, data.length, 'id', plainRewrite('default.example'));
  const chunks = `${data.length.toString(16)};x="y"\r\n${data}\r\n0\r\n\r\n`;
  const framed = head.framing === BODY_CHUNKED ? chunks : data;
  const named = head.absolute || listFields(head.fields).some(([name]) => name.toLowerCase() === 'host');
  const host = named ? head.host : 'default.example';
  return { bytes: bytes + framed, seen: { method: head.method, target: head.target, host, body: data } };
}

describe('a forwarded request', () => {
  let server: Server;
  let seen: Seen[] = [];

  before(async () => {
    server = createServer({ maxHeaderSize: 200_000 }, (incoming, response) => {
      collect(incoming, (body) => {
        const { method = '', url = '', headers } = incoming;
        seen.push({ method, target: url, host: headers.host ?? '', body });
        response.end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });

  after(() => new Promise((resolve) => server.close(resolve)));

  it('is the same request to the HTTP server of the runtime, and leaves nothing behind', async () => {
    let understood = 0;
    const property = fc.asyncProperty(
      mutated(REQUESTS),
      fc.string({ minLength: 1, maxLength: 40 }),
      async (text, body) => {
        const forwarded = forwardRequest(text, body.replace(/[^\x20-\x7e]/g, '\n'));
        if (forwarded === null) return;
        seen = [];
        const answers = await exchange((server.address() as AddressInfo).port, forwarded.bytes + SENTINEL);
        if (seen.length === 0 && /^HTTP\/1\.1 4\d\d/.test(answers)) return;
        assert.deepEqual(seen, [
          forwarded.seen,
          { method: 'GET', target: '/sentinel', host: 'sentinel', body: '' },
        ]);
        understood++;
      },
    );
    await fc.assert(property, { numRuns: runs(400) });
    assert.ok(understood > 40, `only ${understood} requests were accepted on both sides`);
  });
});

/** What a client understands of a response: the status, the body, and how the connection goes on. */
interface Answer {
  readonly status: number;
  readonly body: string;
  readonly keepAlive: boolean;
}

function forwardResponse(
  text: string,
  method: string,
  body: string,
): { bytes: string; answer: Answer } | null {
  const { outcome, head } = readResponse(text, method);
  if (outcome !== 'ok' || head.status < 200) return null;
  const endless = head.framing === BODY_CHUNKED || head.framing === BODY_UNTIL_CLOSE;
  const bytes = writeResponseHead(head, endless, !head.keepAlive, 1);
  const data = endless ? body : body.slice(0, head.framing === BODY_LENGTH ? head.contentLength : 0);
  if (head.framing === BODY_LENGTH && data.length < head.contentLength) return null;
  const framed = endless ? `${data.length.toString(16)}\r\n${data}\r\n0\r\n\r\n` : data;
  return { bytes: bytes + framed, answer: { status: head.status, body: data, keepAlive: head.keepAlive } };
}

describe('a forwarded response', () => {
  const server = createTcpServer();
  let answer = '';

  before(async () => {
    server.on('connection', (socket: Socket) => {
      socket.on('error', () => socket.destroy());
      socket.on('data', () => socket.write(answer, 'latin1'));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });

  after(() => new Promise((resolve) => server.close(resolve)));

  it('is the same response to the HTTP client of the runtime', async () => {
    let understood = 0;
    const property = fc.asyncProperty(
      mutated(RESPONSES),
      fc.constantFrom('GET', 'HEAD', 'POST'),
      fc.string({ minLength: 10, maxLength: 40 }),
      async (text, method, body) => {
        const forwarded = forwardResponse(text, method, body.replace(/[^\x20-\x7e]/g, '\n'));
        if (forwarded === null) return;
        answer = forwarded.bytes;
        const found = await fetchAnswer((server.address() as AddressInfo).port, method);
        if (found === null) return;
        assert.deepEqual(found, { status: forwarded.answer.status, body: forwarded.answer.body });
        understood++;
      },
    );
    await fc.assert(property, { numRuns: runs(300) });
    assert.ok(understood > 30, `only ${understood} responses were accepted on both sides`);
  });
});

function collect(incoming: IncomingMessage, done: (body: string) => void): void {
  const pieces: Buffer[] = [];
  incoming.on('data', (piece: Buffer) => pieces.push(piece));
  incoming.on('end', () => done(Buffer.concat(pieces).toString('latin1')));
}

/** Sends octets on a connection of their own and resolves with all that comes back until it closes. */
function exchange(port: number, text: string): Promise<string> {
  return new Promise((resolve) => {
    let received = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(text, 'latin1'));
    socket.on('data', (piece: Buffer) => {
      received += piece.toString('latin1');
    });
    // A server that still waits for octets has understood something else.
    socket.setTimeout(PATIENCE_MS, () => socket.destroy());
    socket.on('error', () => socket.destroy());
    socket.on('close', () => resolve(received));
  });
}

/** Asks for the answer with a client that keeps nothing; null where the client refuses to understand it. */
function fetchAnswer(port: number, method: string): Promise<{ status: number; body: string } | null> {
  return new Promise((resolve) => {
    const asked = request({ port, host: '127.0.0.1', method, agent: false }, (incoming) => {
      collect(incoming, (body) => {
        resolve({ status: incoming.statusCode ?? 0, body });
        asked.destroy();
      });
    });
    asked.on('error', () => resolve(null));
    asked.end();
  });
}
