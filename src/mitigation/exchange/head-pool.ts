/**
 * Request heads that wait for their next request. A head is mostly two arrays of offsets, too dear to make
 * per request and too large to keep per idle connection.
 */
import { RequestHead } from '../../http/request-head.ts';

const SPARE_MAX = 1024;

export class HeadPool {
  readonly #spare: RequestHead[] = [];

  /** A cleared head with room for `fieldCountMax` fields. */
  take(fieldCountMax: number): RequestHead {
    const head = this.#spare.pop();
    if (head === undefined || head.fields.kinds.length !== fieldCountMax)
      return new RequestHead(fieldCountMax);
    return head;
  }

  give(head: RequestHead): void {
    // Cleared here, so that a spare head holds no octets of its last request.
    head.clear();
    if (this.#spare.length < SPARE_MAX) this.#spare.push(head);
  }
}
