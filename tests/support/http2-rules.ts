/**
 * Rules of HTTP/2 as tests against one node, whose origin answers `hello` unless a test says otherwise.
 *
 * `refusal` means an end of the connection with GOAWAY and a close, `reset` an end of the stream; after a reset the same
 * connection answers a request as ever.
 */
import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import * as h2 from '../../src/http/http2/frame-types.ts';
import { type Fields, Http2Client, type Http2Options, literals } from './http2-client.ts';
import { responseText } from './messages.ts';
import { Stand } from './stand.ts';
import type { WireTarget } from './wire.ts';

const CODE_NAMES = new Map(
  Object.entries(h2)
    .filter(([name]) => name.endsWith('ERROR') || name === 'STREAM_CLOSED' || name === 'REFUSED_STREAM')
    .map(([name, code]) => [code, name]),
);

export class Http2Rules {
  readonly #clients: Http2Client[] = [];
  #stand: Stand | null = null;

  /** To be called within `describe`: the node lives as long as the tests there. */
  constructor() {
    before(async () => {
      this.#stand = await Stand.open({ workers: 1, settings: { network: { tls: { enabled: false } } } });
      this.greet();
    });
    after(async () => {
      for (const client of this.#clients) client.close();
      await this.#stand?.close();
    });
  }

  get stand(): Stand {
    if (this.#stand === null) throw new Error('The node has not been started');
    return this.#stand;
  }

  get target(): WireTarget {
    return { host: '127.0.0.1', port: this.stand.node.port };
  }

  /** The origin answers as it does at the start. */
  greet(): void {
    this.stand.origin.respond(({ method }) => responseText(method === 'HEAD' ? '' : 'hello'));
  }

  async open(options: Http2Options = {}): Promise<Http2Client> {
    return this.keep(await Http2Client.plain(this.target, options));
  }

  /** Closes a client with the others. */
  keep(client: Http2Client): Http2Client {
    this.#clients.push(client);
    return client;
  }

  /** A request whose body has not come, once the node is with it. */
  async opened(client: Http2Client): Promise<number> {
    const id = client.request([], { method: 'POST', end: false });
    await client.ping();
    return id;
  }

  /** A request that is answered, and over. */
  async answered(client: Http2Client): Promise<number> {
    const id = client.request();
    await client.answer(id);
    return id;
  }

  /** A rule whose breach ends the connection. */
  refusal(title: string, code: number, breach: (client: Http2Client) => void | Promise<void>): void {
    it(`${title}: ${CODE_NAMES.get(code)} ends the connection`, async () => {
      const client = await this.open();
      await breach(client);
      assert.equal(await client.goawayAndClose(), code);
    });
  }

  /** A rule whose breach ends the stream that `breach` returns. */
  reset(
    title: string,
    code: number,
    breach: (client: Http2Client) => number | Promise<number>,
    check?: () => void,
  ): void {
    it(`${title}: ${CODE_NAMES.get(code)} ends the stream`, async () => {
      const client = await this.open();
      const streamId = await breach(client);
      await client.when(`reset of stream ${streamId}`, () => client.answers.get(streamId)?.reset ?? null);
      assert.equal(client.answers.get(streamId)?.reset, code);
      check?.();
      assert.equal((await client.get()).status, 200);
    });
  }

  /** Something that must not hurt. */
  harmless(title: string, act: (client: Http2Client) => void | Promise<void>): void {
    it(title, async () => {
      const client = await this.open();
      await act(client);
      assert.equal((await client.get()).status, 200);
    });
  }

  /** A request that is malformed: it ends its stream and never reaches the origin. */
  malformed(title: string, fields: Fields, end = true): void {
    const send = (client: Http2Client): number => {
      this.stand.origin.forget();
      const id = client.nextId();
      client.headers(id, fields, end);
      return id;
    };
    this.reset(title, h2.PROTOCOL_ERROR, send, () => assert.equal(this.stand.origin.received, ''));
  }

  /** A field block that cannot be decoded. */
  undecodable(title: string, block: Buffer): void {
    this.refusal(title, h2.COMPRESSION_ERROR, (client) => {
      client.send(h2.HEADERS, h2.FLAG_END_HEADERS | h2.FLAG_END_STREAM, 1, block);
    });
  }

  /** Trailers that make a request malformed. */
  badTrailers(title: string, fields: Fields): void {
    this.reset(title, h2.PROTOCOL_ERROR, async (client) => {
      const id = await this.opened(client);
      client.data(id, 'body');
      client.send(h2.HEADERS, h2.FLAG_END_HEADERS | h2.FLAG_END_STREAM, id, literals(fields));
      return id;
    });
  }
}
