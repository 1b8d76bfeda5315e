/**
 * A real node between clients and origins that lie, each on its own path, and what must hold of it after every batch:
 * it serves honest clients, holds nothing of what was before, and has met with no error in its own code.
 */
import assert from 'node:assert/strict';
import { Http2Client } from '../support/http2-client.ts';
import { answerWith, Http2Origin } from '../support/http2-origin.ts';
import { responseText } from '../support/messages.ts';
import { ScriptedOrigin } from '../support/scripted-origin.ts';
import { Stand } from '../support/stand.ts';
import { until } from '../support/until.ts';

/** Whose requests go to which of the origins that lie. */
export const HTTP1_PATH = '/http1';
export const HTTP2_PATH = '/http2';

/** Memory of the node, whatever it is sent; it has about a third of it at rest. */
const RESIDENT_BYTES_MAX = 700_000_000;
const SERVED_PATIENCE_MS = 5000;
const HELLO = responseText('hello');

export class LiveStand {
  readonly http1: ScriptedOrigin;
  readonly http2: Http2Origin;
  readonly stand: Stand;
  #clients = 0;

  private constructor(http1: ScriptedOrigin, http2: Http2Origin, stand: Stand) {
    this.http1 = http1;
    this.http2 = http2;
    this.stand = stand;
  }

  static async open(): Promise<LiveStand> {
    const [http1, http2] = await Promise.all([ScriptedOrigin.start(), Http2Origin.start()]);
    const site = (name: string, path: string, url: string) => ({
      ...{ name, path, origins: [{ url }] },
      upstream: { slow_start_seconds: 0, response_timeout_seconds: 2 },
    });
    const sites = [
      site('http1', '/', `http://127.0.0.1:${http1.port}`),
      site('http2', HTTP2_PATH, `h2c://127.0.0.1:${http2.port}`),
    ];
    const settings = { network: { tls: { enabled: false } }, sites };
    return new LiveStand(http1, http2, await Stand.open({ workers: 1, settings }));
  }

  /** A client of an address of its own, so that nothing of it is held against the next. */
  nextAddress(): string {
    this.#clients = (this.#clients + 1) % 60_000;
    return `127.3.${1 + Math.floor(this.#clients / 250)}.${1 + (this.#clients % 250)}`;
  }

  async openHttp2(): Promise<Http2Client> {
    return await Http2Client.plain({
      host: '127.0.0.1',
      port: this.stand.node.port,
      from: this.nextAddress(),
    });
  }

  /** Fails where the node is not as it was before. */
  async check(): Promise<void> {
    this.http1.respond(() => HELLO);
    this.http2.respond(answerWith('hello'));
    await this.stand.untilQuiet();
    await until(
      'service',
      async () => await this.#statuses(),
      (all) => all === '200 200 200',
      SERVED_PATIENCE_MS,
    );
    const { node } = this.stand;
    node.assertSound();
    assert.equal(node.log.filter((line) => /panic|Segmentation|out of memory/i.test(line)).length, 0);
    node.log.length = 0;
    assert.ok(node.residentBytes() < RESIDENT_BYTES_MAX, `${node.residentBytes()} octets of memory`);
    this.http2.peers.length = 0;
    this.http1.wires.length = 0;
  }

  async close(): Promise<void> {
    try {
      await this.stand.close();
    } finally {
      await Promise.all([this.http1.close(), this.http2.close()]);
    }
  }

  /** Of an honest client of each protocol. */
  async #statuses(): Promise<string> {
    const one = await this.stand.request('GET', `${HTTP1_PATH}/control`);
    const client = await this.openHttp2();
    try {
      const answers = [await client.get(`${HTTP1_PATH}/control`), await client.get(`${HTTP2_PATH}/control`)];
      return [one.startLine.split(' ')[1], ...answers.map(({ status }) => status)].join(' ');
    } finally {
      client.close();
    }
  }
}
