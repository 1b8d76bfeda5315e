import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, it } from 'node:test';
import { decode, encode } from 'dns-packet';
import { ManualClock } from '../../core/clock.ts';
import { DnsListener } from './dns-listener.ts';
import { ResponseLimit } from './response-limit.ts';

const ZONE = { name: 'cdn.example', hosts: ['@'], nameServers: ['ns.example'], ttlSeconds: 5 };
const QUESTION = encode({ type: 'query', id: 7, questions: [{ type: 'A', name: 'cdn.example' }] });
const FRAME = Buffer.concat([Buffer.from([QUESTION.length >> 8, QUESTION.length & 0xff]), QUESTION]);

describe('the DNS listener over TCP', () => {
  let listener: DnsListener;
  const sockets: Socket[] = [];
  const listen = async (questionMs: number): Promise<void> => {
    const opened = await DnsListener.open(
      { host: '127.0.0.1', port: 0 },
      {
        context: { zone: ZONE, choose: () => ({ addresses: ['192.0.2.1'], bits: 0 }) },
        limit: new ResponseLimit(new Uint8Array(32)),
        clock: new ManualClock(),
        count: () => undefined,
        questionMs,
      },
    );
    assert.ok(opened.ok);
    listener = opened.value;
  };
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.destroy();
    listener.close();
  });
  const ask = async (socket: Socket): Promise<number | undefined> => {
    socket.write(FRAME);
    const [octets] = (await once(socket, 'data')) as [Buffer];
    return decode(octets.subarray(2)).answers?.length;
  };
  const dial = async (): Promise<Socket> => {
    const socket = connect({ host: '127.0.0.1', port: listener.port });
    socket.on('error', () => undefined);
    sockets.push(socket);
    await once(socket, 'connect');
    return socket;
  };

  it('answers each question', async () => {
    await listen(60_000);
    const socket = await dial();
    for (let count = 0; count < 3; count += 1) assert.equal(await ask(socket), 1);
  });

  it('is not held open by octets that come one by one', { timeout: 10_000 }, async () => {
    await listen(200);
    const socket = await dial();
    let sent = 0;
    const drip = setInterval(() => {
      socket.write(FRAME.subarray(sent, sent + 1));
      sent += 1;
    }, 25);
    socket.resume();
    await once(socket, 'close');
    clearInterval(drip);
    assert.ok(sent < FRAME.length, `${sent} octets`);
  });

  it('leaves room for others, whatever one address opens', { timeout: 10_000 }, async () => {
    await listen(60_000);
    const opened = await Promise.all(Array.from({ length: 20 }, dial));
    const refused = new Set<Socket>();
    await new Promise<void>((resolve) => {
      for (const socket of opened) {
        socket.resume().once('close', () => {
          if (refused.add(socket).size === 4) resolve();
        });
      }
    });
    const kept = opened.filter((socket) => !refused.has(socket));
    assert.deepEqual(new Set(await Promise.all(kept.map(ask))), new Set([1]));
  });
});
