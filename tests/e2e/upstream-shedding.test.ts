/** An origin without room for all: who gets it, who waits, and who is given up. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, it } from 'node:test';
import { field, type Response, readResponse, requestText, responseText } from '../support/messages.ts';
import { Stand } from '../support/stand.ts';
import { until } from '../support/until.ts';

const GOOD = '127.0.0.2';
const ATTACK = '/?q=%3Cscript%3Ealert(1)%3C/script%3E';

let stand: Stand;
let release: () => void;

before(async () => {
  stand = await Stand.open({
    workers: 1,
    settings: {
      // Observed only: a client that trips rules is suspicious, but not refused.
      waf: { mode: 'monitor' },
      upstream: {
        connections_max: 4,
        queue_max: 2,
        queue_timeout_ms: 10_000,
        monitors: { paths: ['/health'] },
      },
      ddos: { blacklist: { whitelist: [GOOD] } },
    },
  });
});
after(() => stand.close());

beforeEach(() => {
  const released = Promise.withResolvers<void>();
  release = released.resolve;
  stand.origin.respond(async ({ target }, wire) => {
    await released.promise;
    wire.write(responseText(target === '/health' ? 'well' : 'served'));
  });
});

/** Sends so many requests at once, each on a connection of its own. */
async function send(count: number, target: string, from: string): Promise<readonly Promise<Response>[]> {
  const wires = await Promise.all(Array.from({ length: count }, () => stand.connect({ from })));
  return wires.map((wire) => {
    wire.write(requestText('GET', target, { Connection: 'close' }));
    return readResponse(wire);
  });
}

async function untilAtOrigin(count: number): Promise<void> {
  await until(
    'requests at the origin',
    () => stand.origin.requests.length,
    (held) => held === count,
  );
}

function shed(group: string): Promise<number> {
  return stand.node.metric('secbeat_requests_shed_total', { class: group });
}

/** The statuses of the first `count` answers to come. */
async function firstStatuses(
  answers: readonly Promise<Response>[],
  count: number,
): Promise<readonly number[]> {
  const statuses: number[] = [];
  for (const answer of answers) void answer.then(({ status }) => statuses.push(status));
  await until(
    'answers',
    () => statuses.length,
    (length) => length >= count,
  );
  return statuses;
}

it('serves clients known to be good, however many suspicious ones are there', async () => {
  const before = await shed('suspicious');
  const bad = await send(6, ATTACK, '127.0.0.1');
  await untilAtOrigin(2);
  assert.deepEqual(await firstStatuses(bad, 2), [503, 503], 'two are served, two wait, two find no room');
  const good = await send(2, '/', GOOD);
  await untilAtOrigin(4);
  const late = await send(2, '/', GOOD);
  await until(
    'shedding',
    () => shed('suspicious'),
    (count) => count === before + 2,
  );
  release();
  assert.deepEqual(
    (await Promise.all([...good, ...late])).map(({ status }) => status),
    [200, 200, 200, 200],
  );
  const answers = await Promise.all(bad);
  assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 200, 503, 503, 503, 503]);
  for (const answer of answers) if (answer.status === 503) assert.equal(field(answer, 'retry-after'), '2');
});

it('says in its log why a request was given up', async () => {
  const bad = await send(4, ATTACK, '127.0.0.1');
  await untilAtOrigin(2);
  const good = await send(4, '/', GOOD);
  await until(
    'shedding',
    () => shed('suspicious'),
    (count) => count >= 4,
  );
  release();
  const given = (await Promise.all(bad)).filter(({ status }) => status === 503);
  await Promise.all(good);
  assert.equal(given.length, 2);
  for (const answer of given) {
    const line = await stand.node.untilLine(new RegExp(` request_id=${field(answer, 'x-request-id')}( |$)`));
    assert.match(line, /reason=shed/);
  }
});

it('lets ordinary clients in where suspicious ones wait', async () => {
  const bad = await send(4, ATTACK, '127.0.0.1');
  await untilAtOrigin(2);
  const others = await send(2, '/', '127.0.0.3');
  await untilAtOrigin(4);
  release();
  assert.deepEqual(
    (await Promise.all([...bad, ...others])).map(({ status }) => status),
    [200, 200, 200, 200, 200, 200],
  );
});

it('lets a health check in front of everybody who waits', async () => {
  const good = await send(6, '/', GOOD);
  await untilAtOrigin(4);
  const [check] = await send(1, '/health', '127.0.0.3');
  await until(
    'shedding',
    () => shed('known_good'),
    (count) => count === 1,
  );
  release();
  assert.equal((await check!).body.toString(), 'well');
  const statuses = (await Promise.all(good)).map(({ status }) => status).sort();
  assert.deepEqual(statuses, [200, 200, 200, 200, 200, 503]);
});

const WEBSOCKET = {
  Connection: 'Upgrade',
  Upgrade: 'websocket',
  'Sec-WebSocket-Version': '13',
  'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
};
const ACCEPTED =
  'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
  'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n';

/** What may become of a request that takes room at the origin. */
const FATES: Readonly<Record<string, () => Promise<void>>> = {
  'is served': async () => {
    assert.equal((await stand.request('GET', '/serve')).status, 200);
  },
  'breaks off at the origin': async () => {
    assert.equal((await stand.request('POST', '/break', {}, 'a=1')).status, 502);
  },
  'is left by its client': async () => {
    const wire = await stand.connect();
    const known = stand.origin.requests.length;
    wire.write(requestText('GET', '/hold'));
    await until(
      'request at the origin',
      () => stand.origin.requests.length,
      (count) => count > known,
    );
    wire.reset();
  },
  'becomes a tunnel that its client leaves': async () => {
    const wire = await stand.connect();
    wire.write(requestText('GET', '/tunnel', WEBSOCKET));
    assert.equal((await readResponse(wire)).status, 101);
    wire.reset();
  },
  'becomes a tunnel that the origin ends': async () => {
    const wire = await stand.connect();
    wire.write(requestText('GET', '/tunnel/end', WEBSOCKET));
    assert.equal((await readResponse(wire)).status, 101);
    await wire.untilEnd();
    wire.close();
  },
};

it('has all room again whatever became of those who took it', async () => {
  const held = Promise.withResolvers<void>();
  stand.origin.respond(async ({ target }, wire) => {
    if (target === '/hold') await held.promise;
    if (target === '/break') wire.end();
    else if (target.startsWith('/tunnel')) wire.write(ACCEPTED);
    else if (!wire.ended) wire.write(responseText('served'));
    if (target === '/tunnel/end') wire.end();
  });
  for (let round = 0; round < 3; round++) {
    for (const meet of Object.values(FATES)) await meet();
  }
  stand.origin.forget();
  const last = await send(4, '/hold', '127.0.0.1');
  await untilAtOrigin(4);
  held.resolve();
  for (const answer of last) assert.equal((await answer).status, 200);
});
