/** A request head as rules see it: names in lower case, values as text of octets. */
import type { RequestHead } from '../../http/request-head.ts';
import type { RequestView } from '../../waf/inspection.ts';
import type { Endpoints } from '../http1/exchange-connection.ts';

/** The view reads from the head and is of use no longer than it. */
export class HeadView implements RequestView {
  readonly method: string;
  readonly target: string;
  readonly protocol: string;
  readonly id: string;
  readonly clientAddress: string;
  readonly headerCount: number;
  readonly #head: RequestHead;
  readonly #endpoints: Endpoints;

  constructor(head: RequestHead, id: string, clientAddress: string, endpoints: Endpoints) {
    this.#head = head;
    this.#endpoints = endpoints;
    this.method = head.method;
    this.target = head.target;
    this.protocol = head.minorVersion === 0 ? 'HTTP/1.0' : 'HTTP/1.1';
    this.id = id;
    this.clientAddress = clientAddress;
    this.headerCount = head.fields.count;
  }

  get clientPort(): number {
    return this.#endpoints.peerPort;
  }

  get serverAddress(): string {
    return this.#endpoints.localAddress;
  }

  get serverPort(): number {
    return this.#endpoints.localPort;
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
