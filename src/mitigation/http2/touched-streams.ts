/** The streams to which something was brought that their exchanges have not been told of yet. */
import type { Http2Stream } from './stream.ts';

export class TouchedStreams {
  readonly #streams: Http2Stream[] = [];

  add(stream: Http2Stream): void {
    if (stream.listed) return;
    stream.listed = true;
    this.#streams.push(stream);
  }

  /** Tells the exchanges; where `patient`, those that know nothing of their request yet go on waiting. */
  act(patient: boolean): void {
    const streams = this.#streams;
    let waiting = 0;
    for (let i = 0; i < streams.length; i++) {
      const stream = streams[i]!;
      if (patient && !stream.acted) {
        streams[waiting++] = stream;
      } else {
        stream.listed = false;
        stream.act();
      }
    }
    // The connection may have ended in between, and the list with it.
    streams.length = Math.min(waiting, streams.length);
  }

  clear(): void {
    this.#streams.length = 0;
  }
}
