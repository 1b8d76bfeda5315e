/** Clients of HTTP/2 that ask for answers and never take them: what they hold of an origin, and who gets the rest. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import * as h2 from '../../src/http/http2/frame-types.ts';
import { Http2Client } from '../support/http2-client.ts';
import { responseText } from '../support/messages.ts';
import { Stand } from '../support/stand.ts';
import { until } from '../support/until.ts';

const CLIENTS = 8;
const STREAMS = 40;
const LISTED = '127.0.4.100';
const HONEST = '127.0.4.101';
const LARGE = responseText('x'.repeat(1 << 20));
/** Less than a request waits for room. */
const SOON_MS = 2000;

describe('answers that nobody takes', () => {
  let stand: Stand;

  before(async () => {
    const settings = {
      network: { tls: { enabled: false } },
      upstream: { connections_max: 128, adaptive_concurrency: true, queue_timeout_ms: 5000 },
      ddos: { blacklist: { whitelist: [LISTED] } },
    };
    stand = await Stand.open({ workers: 1, settings });
  });
  after(async () => await stand.close());

  async function open(from: string, window: number): Promise<Http2Client> {
    return await Http2Client.plain(
      { host: '127.0.0.1', port: stand.node.port, from },
      { settings: [[h2.SETTINGS_INITIAL_WINDOW_SIZE, window]] },
    );
  }

  /** Clients with windows of zero, each of an address of its own, that ask as often as they may. */
  async function hold(path: string): Promise<readonly Http2Client[]> {
    const clients = await Promise.all(
      Array.from({ length: CLIENTS }, (_, index) => open(`127.0.4.${index + 1}`, 0)),
    );
    for (const client of clients) {
      for (let stream = 0; stream < STREAMS; stream++) client.request([], { path });
      await client.ping();
    }
    return clients;
  }

  async function assertServed(from: string): Promise<void> {
    const client = await open(from, 1 << 20);
    for (let request = 0; request < 20; request++) {
      const began = performance.now();
      assert.match((await client.get('/')).body, /^hello/);
      assert.ok(performance.now() - began < SOON_MS, 'it had to wait');
    }
    client.close();
  }

  it('free the origin where the whole answer is small, though it comes piece by piece', async () => {
    let served = 0;
    stand.origin.respond((_, wire) => {
      wire.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n');
      setImmediate(() => wire.write('5\r\nagain\r\n0\r\n\r\n'));
      served++;
      return Promise.resolve();
    });
    const clients = await hold('/small');
    await until(
      'requests at the origin',
      () => served,
      (count) => count === CLIENTS * STREAMS,
    );
    for (const client of clients) client.close();
  });

  it('leave room for others where they are large, and for who is on the whitelist', async () => {
    stand.origin.respond(({ target }) => (target === '/large' ? LARGE : responseText('hello')));
    const clients = await hold('/large');
    await assertServed(HONEST);
    await assertServed(LISTED);
    for (const client of clients) client.close();
  });
});
