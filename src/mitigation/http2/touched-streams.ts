/** The streams to which something was brought that their exchanges have not been told of yet. */
import type { Http2Stream } from './stream.ts';

export class TouchedStreams {
  readonly #streams: Http2Stream[] = [];

  add(stream: Http2Stream): void {
    if (stream.listed) return;
    stream.listed = true;
    this.#streams.push(stream);
  }

  get waiting(): number {
    return this.#streams.length;
  }

  /**
   * Tells the exchanges; where `patient`, those that know nothing of their request yet go on waiting.
   *
   * @param mayGoOn asked behind each; where it disagrees, the rest is left for another time
   * @returns whether there is such a rest
   */
  act(patient: boolean, mayGoOn: () => boolean): boolean {
    const streams = this.#streams;
    let waiting = 0;
    let next = 0;
    let more = false;
    while (next < streams.length && !more) {
      const stream = streams[next++]!;
      if (patient && !stream.acted) {
        streams[waiting++] = stream;
      } else {
        stream.listed = false;
        stream.act();
        more = next < streams.length && !mayGoOn();
      }
    }
    // The connection may have ended in between, and the list with it.
    if (!more) streams.length = Math.min(waiting, streams.length);
    else streams.splice(waiting, next - waiting);
    return more && streams.length > waiting;
  }

  clear(): void {
    this.#streams.length = 0;
  }
}
