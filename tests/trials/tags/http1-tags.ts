/**
 * Tagged requests over HTTP/1.1: a few at once on each connection, answered in their order. Giving one up means to cut
 * the connection, with all that is under way on it.
 */

import { setTimeout as pause } from 'node:timers/promises';
import type { TLSSocket } from 'node:tls';
import type { Random } from '../../fuzz/loop.ts';
import { openSecure } from '../secure-socket.ts';
import type { TagBook, TaggedRequest } from './tag-book.ts';
import type { TagTarget } from './tag-target.ts';

const DEPTH_MAX = 4;
const CANCEL_MS_MAX = 10;
const HEAD_END = Buffer.from('\r\n\r\n');
const TAG_FIELD = Buffer.from('\r\nX-Tag: ');

/** Runs one connection after the other until there are no more requests to draw, or `signal` says so. */
export async function askOverHttp1(
  target: TagTarget,
  book: TagBook,
  random: Random,
  signal: AbortSignal,
): Promise<void> {
  for (let more = true; more && !signal.aborted; ) {
    more = await new TagConnection(target, book, random, signal).run();
  }
}

class TagConnection {
  readonly #socket: TLSSocket;
  readonly #book: TagBook;
  readonly #random: Random;
  readonly #signal: AbortSignal;
  readonly #pauseMs: number;
  readonly #host: string;
  /** Asked and not answered, in order. */
  readonly #underWay: TaggedRequest[] = [];
  readonly #over: PromiseWithResolvers<boolean> = Promise.withResolvers<boolean>();
  #input: Buffer = Buffer.alloc(0);
  #cut = false;

  constructor(target: TagTarget, book: TagBook, random: Random, signal: AbortSignal) {
    this.#book = book;
    this.#random = random;
    this.#signal = signal;
    this.#pauseMs = target.pauseMs;
    this.#host = target.host;
    this.#socket = openSecure({ ...target, protocol: 'http/1.1' });
  }

  /** Resolves when the connection is over: true where there may be more requests to ask. */
  run(): Promise<boolean> {
    const socket = this.#socket;
    let fault = 'closed';
    socket.once('secureConnect', () => this.#ask());
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    socket.on('error', (error) => {
      fault = String(error);
      socket.destroy();
    });
    socket.once('end', () => socket.destroy());
    socket.once('close', () => {
      for (const request of this.#underWay) {
        if (this.#cut) this.#book.cancelled();
        else this.#book.lost(request, fault);
      }
      this.#over.resolve(true);
    });
    return this.#over.promise;
  }

  #ask(): void {
    let text = '';
    let cancel = false;
    for (let count = 1 + this.#random(DEPTH_MAX); count > 0; count--) {
      const request = this.#signal.aborted ? null : this.#book.draw();
      if (request === null) break;
      this.#underWay.push(request);
      cancel ||= request.cancel;
      text += this.#textOf(request);
    }
    if (text === '') {
      this.#over.resolve(false);
      this.#socket.destroy();
      return;
    }
    this.#socket.write(text, 'latin1');
    if (cancel) setTimeout(() => this.#cutOff(), this.#random(CANCEL_MS_MAX));
  }

  #textOf({ path, body }: TaggedRequest): string {
    const head = `${body === '' ? 'GET' : 'POST'} ${path} HTTP/1.1\r\nHost: ${this.#host}\r\n`;
    return body === ''
      ? `${head}\r\n`
      : `${head}Content-Type: text/plain\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  }

  #cutOff(): void {
    // All may have been answered meanwhile, and others asked: those are cut off as well as these.
    this.#cut = true;
    this.#socket.destroy();
  }

  #receive(chunk: Buffer): void {
    this.#input = this.#input.length === 0 ? chunk : Buffer.concat([this.#input, chunk]);
    while (this.#underWay.length > 0) {
      const headEnd = this.#input.indexOf(HEAD_END);
      if (headEnd === -1) return;
      const head = this.#input.subarray(0, headEnd + 2);
      const length = Number(/\r\ncontent-length: (\d+)\r\n/i.exec(head.toString('latin1'))?.[1] ?? 0);
      const end = headEnd + HEAD_END.length + length;
      if (this.#input.length < end) return;
      const body = this.#input.toString('latin1', headEnd + HEAD_END.length, end);
      const request = this.#underWay.shift()!;
      this.#book.answered(request, Number(head.toString('latin1', 9, 12)), tagOf(head), body);
      this.#input = this.#input.subarray(end);
    }
    if (this.#input.length > 0) this.#socket.destroy(new Error('octets that nobody asked for'));
    else void this.#goOn();
  }

  async #goOn(): Promise<void> {
    if (this.#pauseMs > 0) await pause(this.#pauseMs);
    if (!this.#socket.destroyed) this.#ask();
  }
}

function tagOf(head: Buffer): string | null {
  const at = head.indexOf(TAG_FIELD);
  if (at === -1) return null;
  const start = at + TAG_FIELD.length;
  return head.toString('latin1', start, head.indexOf('\r\n', start));
}
