/**
 * What is tried on the node, batch by batch: clients of HTTP/2, and origins of both protocols that lie.
 *
 * A connection on which whole frames were sent ends or serves on; a client whose origin lies gets an answer that
 * is one, or the beginning of one, and no more than that.
 */
import assert from 'node:assert/strict';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { BODY_NONE } from '../../src/http/framing.ts';
import * as h2 from '../../src/http/http2/frame-types.ts';
import { FRAGMENTS, LINES, RESPONSES } from '../../src/http/testing/messages.ts';
import { mutate } from '../../src/http/testing/mutation.ts';
import { cutAt, octets, readBody, readResponse } from '../../src/http/testing/read.ts';
import { type Http2Client, requestFields, uint32 } from '../support/http2-client.ts';
import { requestText } from '../support/messages.ts';
import { PATIENCE_MS, within } from '../support/until.ts';
import { Wire } from '../support/wire.ts';
import { drawCuts, drawMutations, drawOctets, pick } from './draw.ts';
import { FrameDraw } from './live-frames.ts';
import { HTTP1_PATH, HTTP2_PATH, type LiveStand } from './live-stand.ts';
import type { Random } from './loop.ts';

const CONNECTIONS = 6;
const STEPS_MAX = 25;
const ORIGIN_STEPS_MAX = 8;
const CUTS_MAX = 12;
const MUTATIONS_MAX = 6;
/** Behind all streams of a script, but for those that are far out of order. */
const LATE_STREAM = 2001;

export interface Batch {
  /** All octets that are sent, for who reads of a failure. */
  readonly text: string;
  run(live: LiveStand): Promise<void>;
}

/** One connection of a client: what it sends, and in which pieces. */
interface Script {
  readonly pieces: readonly Buffer[];
  /** Whether all its frames are whole, so that a PING can follow. */
  readonly whole: boolean;
}

/** The kinds of batches, by name. */
export const BATCHES: Readonly<Record<string, (random: Random) => Batch>> = {
  'client of HTTP/2': drawClients,
  'origin of HTTP/1.1': drawHttp1Origin,
  'origin of HTTP/2': drawHttp2Origin,
};

function drawClients(random: Random): Batch {
  const scripts = Array.from({ length: CONNECTIONS }, (_, index) => {
    const path = index % 2 === 0 ? HTTP1_PATH : HTTP2_PATH;
    return drawScript(random, new FrameDraw(random, 'client', path).draw(STEPS_MAX));
  });
  return {
    text: textOf(scripts),
    run: async (live) => {
      await Promise.all(scripts.map(async (script) => await playClient(await live.openHttp2(), script)));
    },
  };
}

function drawHttp1Origin(random: Random): Batch {
  const scripts = Array.from({ length: CONNECTIONS }, () => {
    const drawText = (): string => (random(2) === 0 ? pick(random, FRAGMENTS) : pick(random, LINES));
    const text = mutate(pick(random, RESPONSES), drawMutations(random, MUTATIONS_MAX, drawText));
    return { pieces: cutAt(octets(text), drawCuts(random, CUTS_MAX, 300)), whole: random(2) === 0 };
  });
  let served = 0;
  return {
    text: textOf(scripts),
    run: async (live) => {
      live.http1.play(async (wire) => {
        await wire.readUntil('\r\n\r\n').catch(() => '');
        const script = scripts[served++ % CONNECTIONS]!;
        await sendAll(wire, script.pieces);
        if (script.whole) wire.end();
        else wire.close();
      });
      await askBoth(live, HTTP1_PATH);
    },
  };
}

function drawHttp2Origin(random: Random): Batch {
  const scripts = Array.from({ length: CONNECTIONS }, () => {
    return drawScript(random, new FrameDraw(random, 'origin', '').draw(ORIGIN_STEPS_MAX));
  });
  let served = 0;
  return {
    text: textOf(scripts),
    run: async (live) => {
      live.http2.play(async (peer) => {
        peer.settings([]);
        await peer.when('request', () => (peer.answers.size > 0 ? true : null)).catch(() => null);
        const script = scripts[served++ % CONNECTIONS]!;
        await sendAll(peer.wire, script.pieces);
        peer.wire.end();
      });
      await askBoth(live, HTTP2_PATH);
    },
  };
}

/** Cuts octets into pieces, now and then damaged first. */
function drawScript(random: Random, frames: Buffer): Script {
  const whole = random(4) !== 0;
  const text = frames.toString('latin1');
  const sent = whole
    ? text
    : mutate(
        text,
        drawMutations(random, MUTATIONS_MAX, () => drawOctets(random, 12)),
      );
  return { pieces: cutAt(octets(sent), drawCuts(random, CUTS_MAX, sent.length + 1)), whole };
}

function textOf(scripts: readonly Script[]): string {
  return scripts.map(({ pieces }) => Buffer.concat(pieces).toString('hex')).join(' ');
}

async function sendAll(wire: Wire, pieces: readonly Buffer[]): Promise<void> {
  for (const piece of pieces) {
    if (wire.ended) return;
    wire.write(piece);
    await nextTurn();
  }
}

async function playClient(client: Http2Client, { pieces, whole }: Script): Promise<void> {
  try {
    await sendAll(client.wire, pieces);
    if (whole) await within('answer or end', Promise.race([useFurther(client), client.wire.untilEnd()]));
    checkFrames(client);
  } finally {
    client.close();
  }
}

/** A PING and one more request are answered, unless the connection ends. */
async function useFurther(client: Http2Client): Promise<void> {
  const use = async (): Promise<void> => {
    await client.ping();
    client.headers(LATE_STREAM, requestFields(HTTP1_PATH));
    // There may be no window for the body.
    await client.when('late answer', () => {
      const answer = client.answers.get(LATE_STREAM);
      return answer !== undefined && (answer.status > 0 || answer.reset !== null) ? true : null;
    });
  };
  await use().catch((error: unknown) => {
    if (!client.wire.ended) throw error;
  });
}

/** What the node sends is lawful, whatever it was sent. */
function checkFrames({ frames }: Http2Client): void {
  const ended = new Set<number>();
  for (const { type, flags, streamId, payload } of frames) {
    assert.ok(payload.length <= h2.DEFAULT_FRAME_SIZE, `a frame of ${payload.length} octets`);
    assert.ok(type <= h2.CONTINUATION && type !== h2.PUSH_PROMISE, `a frame of type ${type}`);
    if (streamId === 0) continue;
    assert.equal(streamId % 2, 1, 'a stream that no client opens');
    if (type !== h2.RST_STREAM && type !== h2.CONTINUATION) {
      assert.ok(!ended.has(streamId), `a frame of type ${type} on stream ${streamId}, which has ended`);
    }
    const ends = type === h2.DATA || type === h2.HEADERS ? flags & h2.FLAG_END_STREAM : 0;
    if (ends !== 0 || type === h2.RST_STREAM) ended.add(streamId);
  }
}

/** Asks an origin that lies, by both protocols at once. */
async function askBoth(live: LiveStand, path: string): Promise<void> {
  const client = await live.openHttp2();
  try {
    const asked = Array.from({ length: CONNECTIONS / 2 }, async (_, index) => {
      await askHttp1(live, path, index === 0 ? 'HEAD' : 'GET');
      const answer = await client.answer(client.request([], { path }));
      assert.ok(answer.reset !== null || answer.status >= 200, 'an answer that ends has a status');
    });
    await within('answers', Promise.all(asked), 2 * PATIENCE_MS);
    // A stream of the client's that is not at an end would be the node's to end.
    client.send(h2.GOAWAY, 0, 0, Buffer.concat([uint32(0), uint32(0)]));
    checkFrames(client);
  } finally {
    client.close();
  }
}

async function askHttp1(live: LiveStand, path: string, method: string): Promise<void> {
  const wire = await Wire.tcp({ host: '127.0.0.1', port: live.stand.node.port, from: live.nextAddress() });
  try {
    wire.write(requestText(method, path, { Connection: 'close' }));
    const bytes = await wire.readToEnd();
    if (!wire.wasReset) checkAnswer(bytes.toString('latin1'), method);
  } finally {
    wire.close();
  }
}

/** A client reads interim answers and a final one, of which the body may break off; and nothing behind it. */
function checkAnswer(text: string, method: string): void {
  let rest = text;
  for (;;) {
    const { outcome, head, after } = readResponse(rest, method);
    assert.equal(outcome, 'ok', `not an answer: ${JSON.stringify(text)}`);
    rest = rest.slice(after);
    if (head.status < 200) continue;
    const body = readBody([octets(rest)], head.framing, head.contentLength);
    const isEmpty = head.framing === BODY_NONE;
    assert.ok(
      isEmpty || body.outcome === 'ok' || body.outcome === 'more',
      `${body.outcome}: ${JSON.stringify(text)}`,
    );
    assert.equal(
      isEmpty ? 0 : body.consumed,
      rest.length,
      `octets behind an answer: ${JSON.stringify(text)}`,
    );
    return;
  }
}
