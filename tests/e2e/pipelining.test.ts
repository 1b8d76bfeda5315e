/** Requests that come before the one in front of them is answered: judged alone, held back, never mixed up. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, it } from 'node:test';
import { readResponse, requestText, responseText } from '../support/messages.ts';
import { Stand } from '../support/stand.ts';
import { until } from '../support/until.ts';
import type { Wire } from '../support/wire.ts';

const MEGABYTE = 1 << 20;
const BODY = 'x'.repeat(32 * MEGABYTE);

let stand: Stand;
before(async () => {
  stand = await Stand.open({
    workers: 1,
    settings: {
      network: { tls: { enabled: false } },
      http: { buffered_body_bytes_total_max: 4 * MEGABYTE, body_bytes_max: 64 * MEGABYTE },
      waf: { enabled: false },
      upstream: { connections_max: 1, queue_timeout_ms: 60_000 },
    },
  });
});
after(() => stand.close());

/** Answers to `/held` that the origin has not given yet. */
let held: (() => void)[] = [];
beforeEach(() => {
  held = [];
  stand.origin.respond((request, wire) => {
    if (request.target !== '/held') return responseText(String(request.body.length));
    return new Promise((resolve) => {
      held.push(() => {
        wire.write(responseText('held'));
        resolve();
      });
    });
  });
});

async function untilHeld(): Promise<void> {
  await until(
    'request at the origin',
    () => held.length,
    (count) => count === 1,
  );
}

/** What the node has got so far has been read when it has answered whoever came later. */
async function untilRead(): Promise<void> {
  assert.equal((await stand.exchange('nonsense\r\n\r\n')).status, 400);
}

it('holds back the body of a request behind another one while it waits for an origin', async () => {
  const client = await stand.connect();
  client.write(requestText('GET', '/held'));
  await untilHeld();
  // The next one in line for the only connection.
  const rival = await stand.connect();
  rival.write(requestText('GET', '/held'));
  // The origin is to hear of it with the first octet of the body.
  client.write(requestText('POST', '/upload', { 'Content-Type': 'application/grpc' }, BODY));
  await until('octets at rest', createCalm(client), (turns) => turns >= 20);
  held.pop()!();
  assert.equal((await readResponse(client)).body.toString(), 'held');
  await untilHeld();
  await until('octets at rest', createCalm(client), (turns) => turns >= 20);
  held.pop()!();
  assert.equal((await readResponse(rival)).body.toString(), 'held');
  const answer = await readResponse(client);
  assert.equal(`${answer.status} ${answer.body}`, `200 ${BODY.length}`);
});

it('reads on where the head of a request behind another one has come in part only', async () => {
  const client = await stand.connect();
  client.write(requestText('GET', '/held'));
  await untilHeld();
  const [begin, end] = ['GET /next HTTP/1.1\r\nHost: shop.example\r\n', 'X-End: 1\r\n\r\n'];
  client.write(`${begin}X-Long: ${'x'.repeat(12_000)}\r\n`);
  await untilRead();
  held.pop()!();
  assert.equal((await readResponse(client)).body.toString(), 'held');
  client.write(end);
  assert.equal((await readResponse(client)).status, 200);
});

it('gives up a request behind another one whose client ends in the middle of it', async () => {
  const client = await stand.connect();
  client.write(requestText('GET', '/held'));
  await untilHeld();
  client.write('POST /cut HTTP/1.1\r\nHost: shop.example\r\nContent-Length: 10\r\n\r\nhal');
  client.end();
  await untilRead();
  held.pop()!();
  const startMs = performance.now();
  assert.equal((await readResponse(client)).body.toString(), 'held');
  await client.untilEnd();
  assert.ok(performance.now() - startMs < 3000, 'it waits for what cannot come');
  assert.equal(client.pending, '');
});

/** Looks how many times in a row nothing has left. */
function createCalm({ socket }: Wire): () => number {
  let turns = 0;
  let last = -1;
  return () => {
    turns = socket.writableLength === last ? turns + 1 : 0;
    last = socket.writableLength;
    return turns;
  };
}
