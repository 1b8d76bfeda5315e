/** The channel of a node as a test reads it: octets on a socket, line by line. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import type { ChannelLine } from '../../messages/channel-line.ts';

export class ChannelReading {
  readonly #response: IncomingMessage;
  readonly #lines: ChannelLine[] = [];
  #rest = '';
  #changed = Promise.withResolvers<void>();

  private constructor(response: IncomingMessage) {
    this.#response = response;
    response.setEncoding('utf8').on('data', (text: string) => this.#take(text));
    response.on('error', () => undefined);
    response.on('close', () => this.#changed.resolve());
  }

  static async open(url: string): Promise<ChannelReading> {
    const [response] = (await once(get(url, { agent: false }), 'response')) as [IncomingMessage];
    assert.equal(response.statusCode, 200);
    return new ChannelReading(response);
  }

  /** The next line. */
  async next(): Promise<ChannelLine> {
    while (this.#lines.length === 0) {
      assert.equal(this.#response.closed, false, 'the channel ended');
      await this.#changed.promise;
      this.#changed = Promise.withResolvers();
    }
    return this.#lines.shift()!;
  }

  /** The next line of this kind; those before it are left. */
  async nextOf<Kind extends ChannelLine['kind']>(kind: Kind): Promise<Extract<ChannelLine, { kind: Kind }>> {
    for (;;) {
      const line = await this.next();
      if (line.kind === kind) return line as Extract<ChannelLine, { kind: Kind }>;
    }
  }

  close(): void {
    this.#response.destroy();
  }

  #take(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.#lines.push(JSON.parse(line));
    this.#changed.resolve();
  }
}
