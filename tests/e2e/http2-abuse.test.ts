/**
 * Floods over HTTP/2: each is cut off within its bound, alone or mixed with others, and what honest clients do is not.
 *
 * A flood sends as many frames as its bound allows and no more: the connection has to be closed by them.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import * as h2 from '../../src/http/http2/frame-types.ts';
import { type Fields, frameOf, Http2Client, requestFields } from '../support/http2-client.ts';
import {
  bombSteps,
  continuationSteps,
  crumbSteps,
  FLOOD_PATH,
  FloodState,
  type FloodStep,
  FRAME_FLOODS,
  floodSteps,
  mixedFlood,
  RESET_FLOODS,
} from '../support/http2-floods.ts';
import { responseText } from '../support/messages.ts';
import { Stand } from '../support/stand.ts';

const STREAMS_MAX = 128;
/** Bounds of a flood, in frames; a reset takes two. */
const FRAMES_MAX = 1000;
const RESETS_MAX = 250;
const CONTINUATIONS_MAX = 50;
/** Octets of heads that one connection may have the node hold. */
const HEAD_BYTES_MAX = 1 << 20;

const FLOODS: Readonly<Record<string, FloodStep>> = {
  ...FRAME_FLOODS,
  'settings-ack': () => frameOf(h2.SETTINGS, h2.FLAG_ACK, 0),
  goaway: () => frameOf(h2.GOAWAY, 0, 0, Buffer.alloc(8)),
};

describe('HTTP/2 abuse', () => {
  let stand: Stand;
  let addresses = 0;

  before(async () => {
    const settings = {
      network: { tls: { enabled: false } },
      http: { header_timeout_ms: 60_000 },
    };
    stand = await Stand.open({ workers: 1, settings });
  });
  after(async () => await stand.close());

  /** A client of an address of its own, so that one flood is not held against the next. */
  async function open(from?: string): Promise<Http2Client> {
    const address = from ?? `127.0.3.${++addresses}`;
    return await Http2Client.plain({ host: '127.0.0.1', port: stand.node.port, from: address });
  }

  /** Connects, begins a request that lasts, and waits until the node is with it. */
  async function begin(): Promise<Http2Client> {
    stand.origin.respond(({ target }) =>
      target === '/' ? responseText('hello') : new Promise(() => undefined),
    );
    const client = await open();
    client.nextId();
    client.headers(1, requestFields('/held', [], 'POST'), false);
    await client.ping();
    return client;
  }

  async function expectCutOff(client: Http2Client, octets: readonly Buffer[]): Promise<void> {
    for (const piece of octets) client.wire.write(piece);
    assert.equal(await client.goawayAndClose(), h2.ENHANCE_YOUR_CALM);
    client.close();
    const control = await open();
    assert.equal((await control.get()).status, 200);
    control.close();
    const flooding = stand.origin.requests.filter(({ target }) => target !== '/');
    assert.ok(flooding.length <= STREAMS_MAX, `${flooding.length} requests reached the origin`);
  }

  for (const [name, step] of Object.entries(FLOODS)) {
    const isReset = RESET_FLOODS.includes(name);
    const bound = isReset ? `${RESETS_MAX} resets` : `${FRAMES_MAX} frames`;
    it(`cuts off a flood of ${name} within ${bound}`, async () => {
      const client = await begin();
      const state = new FloodState();
      const steps = isReset
        ? Array.from({ length: RESETS_MAX }, () => step(state))
        : floodSteps(step, FRAMES_MAX);
      await expectCutOff(client, steps);
    });
  }

  for (const pieceBytes of [0, 3, h2.DEFAULT_FRAME_SIZE]) {
    it(`cuts off a field block in pieces of ${pieceBytes} octets within ${CONTINUATIONS_MAX} of them`, async () => {
      await expectCutOff(await begin(), continuationSteps(pieceBytes, CONTINUATIONS_MAX));
    });
  }

  it('cuts off references to a large entry, none of which reaches the origin', async () => {
    await expectCutOff(await begin(), bombSteps(100, 1000));
    assert.equal(stand.origin.requests.filter(({ target }) => target === FLOOD_PATH).length, 0);
  });

  it('holds no more of the heads that compression makes out of little than a megabyte and one', async () => {
    stand.origin.respond(() => new Promise(() => undefined));
    const client = await open();
    const ids = Array.from({ length: STREAMS_MAX }, () => client.nextId());
    const crumbs = 10;
    const crumbBytes = 2000;
    for (const octets of crumbSteps(FLOOD_PATH, STREAMS_MAX, crumbs, crumbBytes)) client.wire.write(octets);
    await client.ping();
    const refused = [...client.answers.values()].filter(({ reset }) => reset === h2.REFUSED_STREAM);
    const held = (STREAMS_MAX - refused.length) * crumbs * crumbBytes;
    assert.ok(held > HEAD_BYTES_MAX / 2 && held <= HEAD_BYTES_MAX + crumbs * crumbBytes, `${held} octets`);
    for (const id of ids.slice(0, 40)) client.reset(id);
    stand.origin.respond(() => responseText('hello'));
    assert.equal((await client.get()).status, 200);
    client.close();
  });

  it('lets no more cancelled requests through to the origin than may be open at once', async () => {
    const client = await begin();
    // Each request is with the node before it is cancelled, as far as a client can tell.
    for (let i = 0; i < RESETS_MAX && !client.wire.ended; i++) {
      const id = client.request([], { path: FLOOD_PATH });
      await nextTurn();
      client.reset(id);
    }
    await expectCutOff(client, []);
  });

  it(`cuts off any mix of floods within ${FRAMES_MAX} frames`, async () => {
    const kinds = Object.keys(FRAME_FLOODS);
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.constantFrom(...kinds), { minLength: 2, maxLength: 6 }),
        fc.infiniteStream(fc.nat(999)),
        async (mix, draws) => {
          const random = (below: number): number => (draws.next().value ?? 0) % below;
          const step = mixedFlood(
            mix.map((name) => FRAME_FLOODS[name]!),
            random,
          );
          await expectCutOff(await begin(), floodSteps(step, FRAMES_MAX));
        },
      ),
      { numRuns: 15 },
    );
  });

  it('a client that comes back to flood again is banned', async () => {
    stand.origin.respond(() => responseText('hello'));
    const from = '127.0.4.1';
    const pings = Buffer.concat(Array.from({ length: 1000 }, () => frameOf(h2.PING, 0, 0, Buffer.alloc(8))));
    for (let connections = 0; ; connections++) {
      assert.ok(connections < 50, 'The client is still let in');
      const client = await open(from);
      client.wire.write(pings);
      const code = await client.goawayAndClose().catch(() => null);
      client.close();
      if (code === null) break;
      assert.equal(code, h2.ENHANCE_YOUR_CALM);
    }
    const refused = await stand.node.metric('secbeat_connections_refused_total', { reason: 'http2_abuse' });
    assert.ok(refused > 0);
  });

  describe('what honest clients do', () => {
    it('a page is left while a hundred images load, and then another one is', async () => {
      stand.origin.respond(({ target }) =>
        target.startsWith('/image') ? new Promise(() => undefined) : responseText('hello'),
      );
      const client = await open();
      const ids = Array.from({ length: 100 }, (_, index) => client.request([], { path: `/image${index}` }));
      await client.ping();
      for (const id of ids) client.reset(id);
      const answers = await Promise.all(Array.from({ length: 100 }, () => client.get()));
      assert.ok(answers.every(({ status }) => status === 200));
      client.close();
    });

    it('half of a hundred requests are cancelled', async () => {
      stand.origin.respond(() => responseText('hello'));
      const client = await open();
      for (let i = 0; i < 50; i++) {
        client.reset(client.request());
        assert.equal((await client.get()).status, 200);
      }
      client.close();
    });

    it('a stream of thousands of small messages', async () => {
      stand.origin.respond(({ body }) => responseText(String(body.length)));
      const client = await open();
      const id = client.request([['content-type', 'application/grpc']], { method: 'POST', end: false });
      for (let i = 0; i < 5000; i++) client.data(id, Buffer.alloc(10));
      client.data(id, '', true);
      assert.equal((await client.answer(id)).body, '50000');
      client.close();
    });

    it('small messages both ways, each of the node answered by two windows and a ping', async () => {
      stand.origin.play(async (wire) => {
        await wire.readUntil('\r\n\r\n');
        wire.write('HTTP/1.1 200 OK\r\ncontent-type: application/grpc\r\ntransfer-encoding: chunked\r\n\r\n');
        // A chunk of the request as the node frames it is one of the answer as well.
        while (await wire.hasMore()) wire.write(await wire.readBytes(wire.pending.length));
      });
      const client = await open();
      const id = client.request([['content-type', 'application/grpc']], { method: 'POST', end: false });
      const message = Buffer.alloc(5);
      const received = (): number => client.answers.get(id)?.body.length ?? 0;
      for (let count = 1; count <= 2000; count++) {
        client.data(id, message);
        await client.when(`message ${count}`, () => (received() >= count * message.length ? true : null));
        client.windowUpdate(id, message.length);
        client.windowUpdate(0, message.length);
        client.send(h2.PING, 0, 0, Buffer.alloc(8));
      }
      client.data(id, '', true);
      assert.equal((await client.answer(id)).body.length, 2000 * message.length);
      client.close();
      for (const wire of stand.origin.wires) wire.close();
    });

    it('ninety crumbs of cookies with each of three hundred requests', async () => {
      stand.origin.respond(() => responseText('hello'));
      const client = await open();
      const crumbs: Fields = Array.from({ length: 90 }, (_, index) => [
        'cookie',
        `crumb${index}=${'v'.repeat(40)}`,
      ]);
      for (let i = 0; i < 300; i++) assert.equal((await client.get('/', crumbs)).status, 200);
      client.close();
    });

    it('a window that is opened again for each frame of a large answer', async () => {
      stand.origin.respond(() => responseText('x'.repeat(10_000_000)));
      const client = await Http2Client.plain(
        { host: '127.0.0.1', port: stand.node.port, from: '127.0.5.1' },
        { settings: [], connectionWindow: 0 },
      );
      const id = client.request();
      let taken = 0;
      const answer = await client.when('the whole answer', () => {
        const received = client.answers.get(id)?.body.length ?? 0;
        for (; taken < received; taken += Math.min(8192, received - taken)) {
          client.windowUpdate(id, Math.min(8192, received - taken));
          client.windowUpdate(0, Math.min(8192, received - taken));
        }
        return received === 10_000_000 ? true : null;
      });
      assert.equal(answer, true);
      client.close();
    });
  });
});
