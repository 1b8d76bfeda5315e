/** The head of an origin's answer as rules see it. */
import { STATUS_CODES } from 'node:http';
import type { ResponseHead } from '../../http/response-head.ts';
import type { ResponseView } from '../../waf/inspection.ts';
import type { AnswerHead } from '../../waf/inspector.ts';

export class AnswerView implements ResponseView {
  readonly status: number;
  readonly protocol: string;
  readonly headerCount: number;
  readonly #head: ResponseHead;

  constructor(head: ResponseHead) {
    this.#head = head;
    this.status = head.status;
    this.protocol = head.minorVersion === 0 ? 'HTTP/1.0' : 'HTTP/1.1';
    this.headerCount = head.fields.count;
  }

  /** The standard one: what an origin writes there means nothing (RFC 9112 section 4). */
  get reasonPhrase(): string {
    return STATUS_CODES[this.status] ?? '';
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

  /** For longer than the head lives: its octets are overwritten once anything of it is on its way. */
  copy(): AnswerHead {
    const { status, reasonPhrase, protocol, headerCount } = this;
    const { fields } = this.#head;
    const copies = Array.from({ length: headerCount }, (_, index) => ({
      name: fields.name(index),
      value: fields.value(index),
    }));
    return { status, reasonPhrase, protocol, fields: copies };
  }
}
