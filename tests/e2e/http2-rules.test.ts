/** What a server must keep of the frames of HTTP/2 (RFC 9113 sections 3 to 6), one test a rule, against a real node. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import * as h2 from '../../src/http/http2/frame-types.ts';
import {
  type Frame,
  frameOf,
  Http2Client,
  literals,
  requestFields,
  uint32,
} from '../support/http2-client.ts';
import { Http2Rules } from '../support/http2-rules.ts';
import { responseText } from '../support/messages.ts';
import { Wire } from '../support/wire.ts';

const END = h2.FLAG_END_STREAM;
const WHOLE = h2.FLAG_END_HEADERS;
/** The fields of a PRIORITY frame that means nothing. */
const PRIORITY = Buffer.concat([uint32(0), Buffer.from([15])]);

describe('HTTP/2 frames', () => {
  const rules = new Http2Rules();

  describe('RFC 9113 section 3: starting', () => {
    it('section 3.4: what is no preface ends the connection', async () => {
      const wire = await Wire.tcp(rules.target);
      wire.write('PRI * HTTP/2.0\r\n\r\nSX\r\n\r\n');
      await wire.untilEnd();
      wire.close();
    });

    it('section 3.4: SETTINGS are the first frame that the node sends', async () => {
      const client = await rules.open();
      await client.get();
      assert.equal(client.frames[0]?.type, h2.SETTINGS);
      assert.equal(client.frames[0]?.flags, 0);
    });

    it('section 3.4: the first frame of a client that is not SETTINGS ends the connection', async () => {
      const wire = await Wire.tcp(rules.target);
      const client = new Http2Client(wire);
      wire.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
      client.send(h2.PING, 0, 0, Buffer.alloc(8));
      assert.equal(await client.goawayAndClose(), h2.PROTOCOL_ERROR);
    });

    it('section 3.4: acknowledged SETTINGS are not the SETTINGS of a client', async () => {
      const wire = await Wire.tcp(rules.target);
      const client = new Http2Client(wire);
      wire.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
      client.send(h2.SETTINGS, h2.FLAG_ACK, 0);
      assert.equal(await client.goawayAndClose(), h2.PROTOCOL_ERROR);
    });

    it('section 3.4: the preface may come octet by octet', async () => {
      const wire = await Wire.tcp(rules.target);
      const client = new Http2Client(wire);
      rules.keep(client);
      await wire.writePieces('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 1);
      client.settings([]);
      assert.equal((await client.get()).status, 200);
    });
  });

  describe('RFC 9113 section 4: frames', () => {
    rules.refusal('section 4.2: a frame over the size allowed', h2.FRAME_SIZE_ERROR, async (client) => {
      client.send(h2.DATA, 0, await rules.opened(client), Buffer.alloc(16_385));
    });
    rules.refusal('section 4.2: HEADERS over the size allowed', h2.FRAME_SIZE_ERROR, (client) => {
      client.send(h2.HEADERS, WHOLE | END, 1, Buffer.alloc(16_385));
    });
    rules.harmless('section 4.2: a frame of the largest size allowed is taken', async (client) => {
      const id = client.request([], { method: 'POST', end: false });
      client.data(id, Buffer.alloc(16_384), true);
      assert.equal((await client.answer(id)).status, 200);
    });
    rules.harmless('section 4.1: unknown types, flags and the reserved bit are ignored', (client) => {
      client.send(0x16, 0xff, 0, Buffer.from('unknown'));
      client.wire.write(frameOf(h2.PING, 0xfe, 0x80000000, Buffer.alloc(8)));
    });
    rules.refusal('section 5.5: an unknown frame within a field block', h2.PROTOCOL_ERROR, (client) => {
      client.send(h2.HEADERS, END, 1, literals(requestFields()));
      client.send(0x16, 0, 0, Buffer.alloc(8));
    });
    rules.refusal('section 4.3: a field block that cannot be decoded', h2.COMPRESSION_ERROR, (client) => {
      client.send(h2.HEADERS, WHOLE | END, 1, Buffer.from([0x80]));
    });
    rules.refusal('section 4.3: a field block that is cut off', h2.COMPRESSION_ERROR, (client) => {
      client.send(h2.HEADERS, WHOLE | END, 1, literals(requestFields()).subarray(0, -3));
    });
    rules.refusal('section 4.3: trailers that cannot be decoded', h2.COMPRESSION_ERROR, async (client) => {
      client.send(h2.HEADERS, WHOLE | END, await rules.opened(client), Buffer.from([0x80]));
    });
    rules.refusal(
      'section 4.3: a block of a reset stream that cannot be decoded',
      h2.COMPRESSION_ERROR,
      (client) => {
        client.reset(client.request([], { method: 'POST', end: false }));
        client.send(h2.HEADERS, WHOLE | END, 1, Buffer.from([0x80]));
      },
    );
    rules.refusal('section 4.3: DATA within a field block', h2.PROTOCOL_ERROR, (client) => {
      client.send(h2.HEADERS, END, 1, literals(requestFields()));
      client.data(1, 'x');
    });
    rules.refusal('section 4.3: PRIORITY within a field block', h2.PROTOCOL_ERROR, (client) => {
      client.send(h2.HEADERS, END, 1, literals(requestFields()));
      client.send(h2.PRIORITY, 0, 1, Buffer.alloc(5));
    });
    rules.refusal(
      'section 4.3: HEADERS of another stream within a field block',
      h2.PROTOCOL_ERROR,
      (client) => {
        client.send(h2.HEADERS, END, 1, literals(requestFields()));
        client.headers(3, requestFields());
      },
    );
  });

  describe('RFC 9113 section 5.1: stream states', () => {
    rules.refusal('DATA on an idle stream', h2.PROTOCOL_ERROR, (client) => client.data(1, 'x'));
    rules.refusal('RST_STREAM on an idle stream', h2.PROTOCOL_ERROR, (client) => client.reset(1));
    rules.refusal('WINDOW_UPDATE on an idle stream', h2.PROTOCOL_ERROR, (client) =>
      client.windowUpdate(1, 1),
    );
    rules.refusal('CONTINUATION without HEADERS', h2.PROTOCOL_ERROR, (client) => {
      client.send(h2.CONTINUATION, WHOLE, 1, literals(requestFields()));
    });
    rules.harmless('PRIORITY on an idle stream is ignored', (client) => {
      client.send(h2.PRIORITY, 0, 101, PRIORITY);
    });
    rules.reset('half-closed: DATA', h2.STREAM_CLOSED, (client) => {
      rules.stand.origin.respond(() => new Promise(() => undefined));
      const id = client.request();
      client.data(id, 'x', true);
      rules.greet();
      return id;
    });
    rules.reset('half-closed: HEADERS', h2.STREAM_CLOSED, (client) => {
      const id = client.request();
      client.headers(id, [['x-trailer', '1']]);
      return id;
    });
    rules.refusal('closed by both ends: DATA', h2.STREAM_CLOSED, async (client) => {
      client.data(await rules.answered(client), 'x', true);
    });
    rules.refusal('closed by both ends: HEADERS', h2.STREAM_CLOSED, async (client) => {
      client.headers(await rules.answered(client), requestFields());
    });
    rules.harmless(
      'closed by both ends: WINDOW_UPDATE, PRIORITY and RST_STREAM are ignored',
      async (client) => {
        const id = await rules.answered(client);
        client.windowUpdate(id, 1);
        client.send(h2.PRIORITY, 0, id, PRIORITY);
        client.reset(id);
      },
    );
    rules.refusal('closed by both ends: CONTINUATION', h2.PROTOCOL_ERROR, async (client) => {
      client.send(h2.CONTINUATION, WHOLE, await rules.answered(client), literals(requestFields()));
    });
    rules.refusal('half-closed: CONTINUATION', h2.PROTOCOL_ERROR, (client) => {
      client.send(h2.CONTINUATION, WHOLE, client.request(), literals(requestFields()));
    });
    rules.harmless('half-closed: WINDOW_UPDATE and PRIORITY are taken', (client) => {
      const id = client.request();
      client.windowUpdate(id, 1);
      client.send(h2.PRIORITY, 0, id, PRIORITY);
    });
    for (const [name, type, payload] of [
      ['DATA', h2.DATA, Buffer.from('x')],
      ['RST_STREAM', h2.RST_STREAM, uint32(h2.CANCEL)],
      ['WINDOW_UPDATE', h2.WINDOW_UPDATE, uint32(1)],
    ] as const) {
      rules.refusal(`${name} on an even stream`, h2.PROTOCOL_ERROR, (client) =>
        client.send(type, 0, 2, payload),
      );
    }
    rules.reset('reset by the client: DATA', h2.STREAM_CLOSED, async (client) => {
      const id = await rules.opened(client);
      client.reset(id);
      client.data(id, 'x');
      return id;
    });
    rules.reset('reset by the client: HEADERS', h2.STREAM_CLOSED, async (client) => {
      const id = await rules.opened(client);
      client.reset(id);
      client.headers(id, requestFields());
      return id;
    });
    rules.harmless('reset by the node: what was on its way is ignored', async (client) => {
      const id = await rules.opened(client);
      client.windowUpdate(id, 0);
      client.data(id, 'x');
      client.headers(id, requestFields());
      await client.ping();
      assert.equal(client.frames.filter(({ type }) => type === h2.RST_STREAM).length, 1);
    });
    rules.refusal('section 5.1.1: an even stream', h2.PROTOCOL_ERROR, (client) =>
      client.headers(2, requestFields()),
    );
    rules.refusal('section 5.1.1: a stream below the last', h2.PROTOCOL_ERROR, async (client) => {
      client.headers(5, requestFields());
      await client.answer(5);
      client.headers(3, requestFields());
    });
    rules.refusal('section 5.1.1: stream 0', h2.PROTOCOL_ERROR, (client) =>
      client.headers(0, requestFields()),
    );

    it('section 5.1.2: streams beyond those allowed are refused, and compression keeps in step', async () => {
      const client = await rules.open();
      const ids = Array.from({ length: 129 }, () => client.request([], { method: 'POST', end: false }));
      const last = ids.at(-1)!;
      assert.equal((await client.answer(last)).reset, h2.REFUSED_STREAM);
      client.reset(ids[0]!);
      assert.equal((await client.get()).status, 200);
    });
  });

  describe('RFC 9113 section 5.3: priority', () => {
    rules.refusal('PRIORITY that makes an idle stream depend on itself', h2.PROTOCOL_ERROR, (client) => {
      client.send(h2.PRIORITY, 0, 1, Buffer.concat([uint32(1), Buffer.from([15])]));
    });
    rules.reset('HEADERS that make a stream depend on itself', h2.PROTOCOL_ERROR, (client) => {
      const id = client.nextId();
      const priority = Buffer.concat([uint32(id), Buffer.from([15])]);
      const payload = Buffer.concat([priority, literals(requestFields())]);
      client.send(h2.HEADERS, WHOLE | END | h2.FLAG_PRIORITY, id, payload);
      return id;
    });
    rules.harmless('HEADERS may carry padding and priority', async (client) => {
      const id = client.nextId();
      const priority = Buffer.concat([uint32(0x80000000), Buffer.from([15])]);
      const payload = Buffer.concat([Buffer.from([3]), priority, literals(requestFields()), Buffer.alloc(3)]);
      client.send(h2.HEADERS, WHOLE | END | h2.FLAG_PRIORITY | h2.FLAG_PADDED, id, payload);
      assert.equal((await client.answer(id)).status, 200);
    });
  });

  describe('RFC 9113 section 6.1: DATA', () => {
    rules.refusal('on stream 0', h2.PROTOCOL_ERROR, (client) => client.data(0, 'x'));
    rules.refusal('with padding as long as the payload', h2.PROTOCOL_ERROR, async (client) => {
      client.send(h2.DATA, h2.FLAG_PADDED, await rules.opened(client), Buffer.from([5, 0, 0, 0, 0]));
    });
    rules.refusal('with the flag of padding and nothing else', h2.FRAME_SIZE_ERROR, async (client) => {
      client.send(h2.DATA, h2.FLAG_PADDED | END, await rules.opened(client));
    });
    rules.harmless('may be empty, or nothing but padding', async (client) => {
      const id = await rules.opened(client);
      client.data(id, '');
      client.send(h2.DATA, h2.FLAG_PADDED, id, Buffer.from([4, 0, 0, 0, 0]));
      client.data(id, '', true);
      assert.equal((await client.answer(id)).status, 200);
    });
    rules.harmless('with padding is taken without it', async (client) => {
      const id = client.request([['content-length', '2']], { method: 'POST', end: false });
      client.send(h2.DATA, h2.FLAG_PADDED | END, id, Buffer.from([2, 0x61, 0x62, 0, 0]));
      assert.equal((await client.answer(id)).status, 200);
    });
  });

  describe('RFC 9113 section 6.2: HEADERS', () => {
    rules.refusal('with more padding than payload', h2.PROTOCOL_ERROR, (client) => {
      const block = literals(requestFields());
      const payload = Buffer.concat([Buffer.from([block.length + 1]), block]);
      client.send(h2.HEADERS, WHOLE | END | h2.FLAG_PADDED, 1, payload);
    });
    rules.refusal('with the flag of padding and nothing else', h2.FRAME_SIZE_ERROR, (client) => {
      client.send(h2.HEADERS, WHOLE | END | h2.FLAG_PADDED, 1);
    });
    rules.reset('with an empty block', h2.PROTOCOL_ERROR, (client) => {
      client.send(h2.HEADERS, WHOLE | END, client.nextId());
      return 1;
    });
    rules.refusal('too short for priority', h2.FRAME_SIZE_ERROR, (client) => {
      client.send(h2.HEADERS, WHOLE | END | h2.FLAG_PRIORITY, 1, Buffer.alloc(4));
    });
  });

  describe('RFC 9113 section 6.3: PRIORITY', () => {
    rules.refusal('on stream 0', h2.PROTOCOL_ERROR, (client) =>
      client.send(h2.PRIORITY, 0, 0, Buffer.alloc(5)),
    );
    rules.reset('of a wrong length', h2.FRAME_SIZE_ERROR, async (client) => {
      const id = await rules.opened(client);
      client.send(h2.PRIORITY, 0, id, Buffer.alloc(4));
      return id;
    });
    rules.refusal('of a wrong length on an idle stream', h2.FRAME_SIZE_ERROR, (client) => {
      client.send(h2.PRIORITY, 0, 1, Buffer.alloc(4));
    });
    rules.refusal('of a wrong length on a closed stream', h2.FRAME_SIZE_ERROR, async (client) => {
      client.send(h2.PRIORITY, 0, await rules.answered(client), Buffer.alloc(4));
    });
  });

  describe('RFC 9113 section 6.4: RST_STREAM', () => {
    rules.refusal('on stream 0', h2.PROTOCOL_ERROR, (client) => client.reset(0));
    rules.refusal('of a wrong length', h2.FRAME_SIZE_ERROR, async (client) => {
      client.send(h2.RST_STREAM, 0, await rules.opened(client), Buffer.alloc(3));
    });
    rules.harmless('is not answered', async (client) => {
      const id = await rules.opened(client);
      client.reset(id);
      await client.ping();
      assert.equal(client.answers.get(id), undefined);
    });
  });

  describe('RFC 9113 section 6.5: SETTINGS', () => {
    rules.refusal('on a stream', h2.PROTOCOL_ERROR, (client) => client.send(h2.SETTINGS, 0, 1));
    rules.refusal('of a wrong length', h2.FRAME_SIZE_ERROR, (client) =>
      client.send(h2.SETTINGS, 0, 0, Buffer.alloc(5)),
    );
    rules.refusal('acknowledged with a payload', h2.FRAME_SIZE_ERROR, (client) => {
      client.send(h2.SETTINGS, h2.FLAG_ACK, 0, Buffer.alloc(6));
    });
    rules.refusal('acknowledged on a stream', h2.PROTOCOL_ERROR, (client) => {
      client.send(h2.SETTINGS, h2.FLAG_ACK, 1);
    });
    rules.refusal('a bad one behind a good one', h2.PROTOCOL_ERROR, (client) => {
      client.settings([
        [h2.SETTINGS_INITIAL_WINDOW_SIZE, 100],
        [h2.SETTINGS_ENABLE_PUSH, 5],
      ]);
    });
    rules.harmless('the largest values allowed are taken', (client) => {
      client.settings([
        [h2.SETTINGS_HEADER_TABLE_SIZE, 0xffffffff],
        [h2.SETTINGS_INITIAL_WINDOW_SIZE, h2.WINDOW_MAX],
        [h2.SETTINGS_MAX_FRAME_SIZE, h2.FRAME_SIZE_MAX],
      ]);
    });
    rules.refusal('ENABLE_PUSH neither 0 nor 1', h2.PROTOCOL_ERROR, (client) => {
      client.settings([[h2.SETTINGS_ENABLE_PUSH, 2]]);
    });
    rules.refusal('INITIAL_WINDOW_SIZE too large', h2.FLOW_CONTROL_ERROR, (client) => {
      client.settings([[h2.SETTINGS_INITIAL_WINDOW_SIZE, 0x80000000]]);
    });
    rules.refusal('MAX_FRAME_SIZE too small', h2.PROTOCOL_ERROR, (client) => {
      client.settings([[h2.SETTINGS_MAX_FRAME_SIZE, 16_383]]);
    });
    rules.refusal('MAX_FRAME_SIZE too large', h2.PROTOCOL_ERROR, (client) => {
      client.settings([[h2.SETTINGS_MAX_FRAME_SIZE, 16_777_216]]);
    });
    rules.harmless('unknown ones are ignored, and each frame is acknowledged', async (client) => {
      client.settings([[0xff, 1]]);
      client.settings([]);
      await client.when('three acknowledgements', () => {
        const acknowledged = client.frames.filter(
          ({ type, flags }) => type === h2.SETTINGS && flags === h2.FLAG_ACK,
        );
        return acknowledged.length === 3 ? true : null;
      });
    });
    rules.harmless('a smaller table for compression is kept to', async (client) => {
      await client.get();
      client.settings([[h2.SETTINGS_HEADER_TABLE_SIZE, 0]]);
      assert.equal((await client.get()).status, 200);
    });
  });

  describe('RFC 9113 sections 6.6 to 6.8: PUSH_PROMISE, PING, GOAWAY', () => {
    rules.refusal('section 6.6: PUSH_PROMISE', h2.PROTOCOL_ERROR, async (client) => {
      const payload = Buffer.concat([uint32(2), literals(requestFields())]);
      client.send(h2.PUSH_PROMISE, WHOLE, await rules.opened(client), payload);
    });
    rules.refusal('section 6.7: PING on a stream', h2.PROTOCOL_ERROR, (client) => {
      client.send(h2.PING, 0, 1, Buffer.alloc(8));
    });
    rules.refusal('section 6.7: PING of a wrong length', h2.FRAME_SIZE_ERROR, (client) => {
      client.send(h2.PING, 0, 0, Buffer.alloc(6));
    });
    rules.harmless('section 6.7: an acknowledgement is not answered', async (client) => {
      client.send(h2.PING, h2.FLAG_ACK, 0, Buffer.from('deadbeef'));
      await client.ping();
      const answers = client.frames.filter(({ type }) => type === h2.PING);
      assert.equal(answers.length, 1);
    });
    rules.refusal('section 6.7: PING acknowledged on a stream', h2.PROTOCOL_ERROR, (client) => {
      client.send(h2.PING, h2.FLAG_ACK, 1, Buffer.alloc(8));
    });
    rules.harmless('section 7: unknown error codes mean nothing special', async (client) => {
      client.reset(await rules.opened(client), 0xff);
    });
    rules.refusal('section 6.8: GOAWAY on a stream', h2.PROTOCOL_ERROR, (client) => {
      client.send(h2.GOAWAY, 0, 1, Buffer.alloc(8));
    });
    rules.refusal('section 6.8: GOAWAY too short', h2.FRAME_SIZE_ERROR, (client) => {
      client.send(h2.GOAWAY, 0, 0, Buffer.alloc(7));
    });

    it('section 6.8: what a client asks for behind its GOAWAY is answered too', async () => {
      const client = await rules.open();
      const id = await rules.opened(client);
      client.send(h2.GOAWAY, 0, 0, Buffer.alloc(8));
      assert.equal((await client.get()).status, 200);
      client.data(id, '', true);
      assert.equal(await client.goawayAndClose(), h2.NO_ERROR);
    });

    it('section 6.8: after a GOAWAY of the client open requests are answered, then the node closes', async () => {
      const client = await rules.open();
      const id = client.request([], { method: 'POST', end: false });
      client.send(h2.GOAWAY, 0, 0, Buffer.alloc(8));
      client.data(id, 'late', true);
      assert.equal((await client.answer(id)).body, 'hello');
      assert.equal(await client.goawayAndClose(), h2.NO_ERROR);
    });
  });

  describe('RFC 9113 section 6.9: flow control', () => {
    rules.refusal('a WINDOW_UPDATE of 0 on the connection', h2.PROTOCOL_ERROR, (client) =>
      client.windowUpdate(0, 0),
    );
    rules.refusal('a WINDOW_UPDATE of the reserved bit alone', h2.PROTOCOL_ERROR, (client) => {
      client.windowUpdate(0, 0x80000000);
    });
    rules.harmless('the largest windows are taken', async (client) => {
      const id = await rules.opened(client);
      client.windowUpdate(id, h2.WINDOW_MAX - (1 << 30));
      client.windowUpdate(0, h2.WINDOW_MAX - (1 << 30) - h2.DEFAULT_WINDOW);
    });
    it('the end of an answer without data needs no window', async () => {
      const client = await rules.open({ settings: [[h2.SETTINGS_INITIAL_WINDOW_SIZE, 0]] });
      assert.equal((await client.answer(client.request([], { method: 'HEAD' }))).ended, true);
    });
    it('of several INITIAL_WINDOW_SIZE in one frame the last one holds', async () => {
      const client = await rules.open({
        settings: [
          [h2.SETTINGS_INITIAL_WINDOW_SIZE, 100],
          [h2.SETTINGS_INITIAL_WINDOW_SIZE, 1],
        ],
      });
      const id = client.request();
      await client.when('one octet', () => (client.answers.get(id)?.body === 'h' ? true : null));
    });
    rules.reset('a WINDOW_UPDATE of 0 on a stream', h2.PROTOCOL_ERROR, async (client) => {
      const id = await rules.opened(client);
      client.windowUpdate(id, 0);
      return id;
    });
    rules.refusal('a WINDOW_UPDATE of a wrong length', h2.FRAME_SIZE_ERROR, (client) => {
      client.send(h2.WINDOW_UPDATE, 0, 0, Buffer.alloc(3));
    });
    rules.refusal('a window of the connection over the maximum', h2.FLOW_CONTROL_ERROR, (client) => {
      client.windowUpdate(0, h2.WINDOW_MAX);
    });
    rules.refusal(
      'a window of the connection over the maximum, in steps',
      h2.FLOW_CONTROL_ERROR,
      (client) => {
        for (let i = 0; i < 3; i++) client.windowUpdate(0, 0x3fffffff);
      },
    );
    rules.reset('a window of a stream over the maximum', h2.FLOW_CONTROL_ERROR, async (client) => {
      const id = await rules.opened(client);
      client.windowUpdate(id, h2.WINDOW_MAX);
      return id;
    });
    rules.refusal(
      'SETTINGS that bring the window of a stream over the maximum',
      h2.FLOW_CONTROL_ERROR,
      async (client) => {
        client.windowUpdate(await rules.opened(client), 1 << 29);
        client.settings([[h2.SETTINGS_INITIAL_WINDOW_SIZE, h2.WINDOW_MAX]]);
      },
    );

    it('answers are sent in the sizes that the windows allow, also after they were negative', async () => {
      const client = await rules.open({ settings: [[h2.SETTINGS_INITIAL_WINDOW_SIZE, 3]] });
      const id = client.request();
      const body = (): string => client.answers.get(id)?.body ?? '';
      await client.when('first octets', () => (body() === 'hel' ? true : null));
      client.settings([[h2.SETTINGS_INITIAL_WINDOW_SIZE, 1]]);
      client.windowUpdate(id, 2);
      await client.ping();
      assert.equal(body(), 'hel');
      client.windowUpdate(id, 1);
      await client.when('one more', () => (body() === 'hell' ? true : null));
      client.settings([[h2.SETTINGS_INITIAL_WINDOW_SIZE, 2]]);
      assert.equal((await client.answer(id)).body, 'hello');
    });

    it('the window of the connection holds for all streams together', async () => {
      const client = await rules.open({ connectionWindow: 0 });
      rules.stand.origin.respond(() => responseText('x'.repeat(50_000)));
      const ids = [client.request(), client.request()];
      const received = (): number =>
        ids.reduce((sum, id) => sum + (client.answers.get(id)?.body.length ?? 0), 0);
      await client.when('a window full', () => (received() === h2.DEFAULT_WINDOW ? true : null));
      client.windowUpdate(0, 100_000);
      for (const id of ids) assert.equal((await client.answer(id)).body.length, 50_000);
      rules.greet();
    });

    it('data of a request that is malformed goes back to the window of the connection', async () => {
      const client = await rules.open();
      let sent = 0;
      for (let count = 0; count < 60; count++) {
        const id = client.request([['content-length', '1']], { method: 'POST', end: false });
        client.data(id, Buffer.alloc(h2.DEFAULT_FRAME_SIZE));
        sent += h2.DEFAULT_FRAME_SIZE;
        assert.equal((await client.answer(id)).reset, h2.PROTOCOL_ERROR);
      }
      // The first one opens the window at the start; half of it may be owed.
      const [, ...updates] = client.frames.filter(
        ({ type, streamId }) => type === h2.WINDOW_UPDATE && streamId === 0,
      );
      const given = updates.reduce((sum, { payload }) => sum + payload.readUInt32BE(0), 0);
      assert.ok(given >= sent / 2, `${given} of ${sent} octets`);
    });

    it('more data than the window of a stream allows ends the stream', async () => {
      const client = await rules.open();
      rules.stand.origin.play(async (wire) => {
        wire.socket.pause();
        await wire.untilClosed();
      });
      const id = client.request([], { method: 'POST', end: false });
      const isOver = (): boolean => typeof client.answers.get(id)?.reset === 'number';
      for (let frames = 0; frames < 2000 && !isOver(); frames += 16) {
        for (let i = 0; i < 16; i++) client.data(id, Buffer.alloc(h2.DEFAULT_FRAME_SIZE));
        await nextTurn();
      }
      const answer = await client.answer(id);
      for (const wire of rules.stand.origin.wires) wire.close();
      rules.greet();
      assert.equal(answer.reset, h2.FLOW_CONTROL_ERROR);
      assert.equal((await client.get()).status, 200);
    });
  });

  describe('RFC 9113 section 6.10: CONTINUATION', () => {
    rules.harmless('a field block may come in many pieces', async (client) => {
      const id = client.nextId();
      const block = literals(requestFields('/pieces'));
      client.send(h2.HEADERS, END, id, block.subarray(0, 5));
      client.send(h2.CONTINUATION, 0, id, block.subarray(5, 10));
      client.send(h2.CONTINUATION, WHOLE, id, block.subarray(10));
      assert.equal((await client.answer(id)).status, 200);
    });
    rules.refusal('for another stream', h2.PROTOCOL_ERROR, (client) => {
      client.send(h2.HEADERS, END, 1, literals(requestFields()));
      client.send(h2.CONTINUATION, WHOLE, 3, literals([['x', 'y']]));
    });
    rules.harmless('pieces may be empty', async (client) => {
      const id = client.nextId();
      client.send(h2.HEADERS, END, id);
      client.send(h2.CONTINUATION, 0, id);
      client.send(h2.CONTINUATION, WHOLE, id, literals(requestFields()));
      assert.equal((await client.answer(id)).status, 200);
    });
    rules.refusal('behind DATA', h2.PROTOCOL_ERROR, async (client) => {
      const id = await rules.opened(client);
      client.data(id, 'x');
      client.send(h2.CONTINUATION, WHOLE, id);
    });
    rules.refusal('behind the end of the block', h2.PROTOCOL_ERROR, (client) => {
      client.headers(1, requestFields(), false);
      client.send(h2.CONTINUATION, WHOLE, 1, literals([['x', 'y']]));
    });
    rules.refusal('on stream 0', h2.PROTOCOL_ERROR, (client) => {
      client.send(h2.HEADERS, END, 1, literals(requestFields()));
      client.send(h2.CONTINUATION, WHOLE, 0, literals([['x', 'y']]));
    });
  });

  it('RFC 8441 section 3: extended CONNECT is offered', async () => {
    const client = await rules.open();
    const settings: Frame = await client.frame(
      'SETTINGS',
      ({ type, flags }) => type === h2.SETTINGS && flags === 0,
    );
    const offered = [];
    for (let at = 0; at < settings.payload.length; at += 6) {
      offered.push([settings.payload.readUInt16BE(at), settings.payload.readUInt32BE(at + 2)].join('='));
    }
    assert.ok(offered.includes(`${h2.SETTINGS_ENABLE_CONNECT_PROTOCOL}=1`));
  });
});
