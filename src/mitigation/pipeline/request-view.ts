/** A request head as rules see it: names in lower case, values as text of octets. */
import type { RequestHead } from '../../http/request-head.ts';
import type { RequestView } from '../../waf/inspect.ts';

export function viewRequest(head: RequestHead): RequestView {
  return new HeadView(head);
}

class HeadView implements RequestView {
  readonly method: string;
  readonly target: string;
  readonly headerCount: number;
  readonly #head: RequestHead;

  constructor(head: RequestHead) {
    this.#head = head;
    this.method = head.method;
    this.target = head.target;
    this.headerCount = head.fields.count;
  }

  headerName(index: number): string {
    return this.#head.fields.name(index).toLowerCase();
  }

  headerValue(index: number): string {
    return this.#head.fields.value(index);
  }

  header(name: string): string | null {
    return this.#head.fields.get(name);
  }
}
