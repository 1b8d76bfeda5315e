/** One exchange as a group of origins sees it. It holds the group to its promises, and its origin to its answer. */
import assert from 'node:assert/strict';
import { createAddressWords } from '../../../core/ip.ts';
import { BODY_NONE } from '../../../http/framing.ts';
import type { ResponseHead } from '../../../http/response-head.ts';
import type { Client } from '../../client.ts';
import type { OriginStream } from '../../exchange/origin-stream.ts';
import type { Priority } from '../../pipeline/priority.ts';
import type { OriginClient, OriginWish } from '../origin-client.ts';
import type { Upstream } from '../upstream.ts';
import type { Behaviour } from './scripted-origin.ts';

const CLIENT: Client = {
  address: '192.0.2.1',
  words: createAddressWords(),
  key: createAddressWords(),
  exempt: false,
};
const ENDPOINTS = { peerPort: 40_000, localAddress: '192.0.2.2', localPort: 443 };

export class ScriptedExchange implements OriginClient, OriginWish {
  readonly client: Client = CLIENT;
  readonly connection: typeof ENDPOINTS = ENDPOINTS;
  readonly method = 'GET';
  readonly takesTrailers = false;
  readonly webSocket = false;
  readonly avoid = '';
  readonly hash: number;
  readonly once: boolean;
  readonly priority: Priority;
  stream: OriginStream | null = null;
  waiting = true;
  over = false;
  readonly #id: string;
  readonly #behaviour: Behaviour;
  readonly #upstream: Upstream;
  readonly #readsSlowly: boolean;
  #answered = '';

  constructor(id: number, behaviour: Behaviour, priority: Priority, upstream: Upstream) {
    this.hash = id;
    this.once = id % 3 === 0;
    this.priority = priority;
    this.#id = String(id);
    this.#behaviour = behaviour;
    this.#upstream = upstream;
    this.#readsSlowly = id % 4 === 0;
  }

  start(): void {
    this.#upstream.acquire(this, this);
  }

  /** The client is gone. */
  end(): void {
    if (this.waiting) this.#upstream.cancel(this);
    this.#finish()?.destroy();
  }

  onOrigin(stream: OriginStream): void {
    assert.ok(this.waiting && !this.over, 'a stream for an exchange that waits for none');
    this.waiting = false;
    this.stream = stream;
    const text = `GET /${this.#behaviour}/${this.#id} HTTP/1.1\r\nHost: shop.example\r\n\r\n`;
    stream.sendRequest(text, BODY_NONE, Buffer.alloc(0), true);
  }

  onResponse(head: ResponseHead, bytes: Buffer, start: number, end: number, done: boolean): void {
    if (head.status === 101) this.onTunnelData(bytes.subarray(start, end));
    else this.onResponseData(bytes, start, end, done);
  }

  onResponseData(bytes: Buffer, start: number, end: number, done: boolean): void {
    assert.ok(!this.over, 'an answer for an exchange that is over');
    this.#answered += bytes.toString('latin1', start, end);
    assert.equal(this.#answered, this.#id.slice(0, this.#answered.length));
    if (this.#readsSlowly) this.stream?.pause();
    if (done) this.#finish()?.release(true);
    else this.stream?.resume();
  }

  onTunnelData(bytes: Buffer): void {
    assert.equal(bytes.toString('latin1'), this.#id.slice(0, bytes.length));
  }

  onTunnelEnd(): void {
    this.end();
  }

  onOriginFault(): void {
    assert.ok(!this.over, 'a fault for an exchange that is over');
    this.#finish();
  }

  onInterim(): void {
    // The origin sends none.
  }

  onResponseTrailers(): void {
    // As for interim answers.
  }

  onOriginDrain(): void {
    // The request is one small write.
  }

  /** The stream, which is to be left now. */
  #finish(): OriginStream | null {
    const { stream } = this;
    this.over = true;
    this.waiting = false;
    this.stream = null;
    return stream;
  }
}
