/** A request head as rules see it: names in lower case, values as text of octets. */
import type { RequestHead } from '../../http/request-head.ts';
import type { RequestView } from '../../waf/inspection.ts';
import type { Endpoints } from '../exchange/connection-facts.ts';

/** Where a request comes from, as rules ask for it. */
export interface KnownPeer extends Endpoints {
  readonly ja4: string;
}

/** The view reads from the head and is of use no longer than it. */
export class HeadView implements RequestView {
  readonly method: string;
  readonly target: string;
  readonly protocol: string;
  readonly id: string;
  readonly clientAddress: string;
  readonly headerCount: number;
  readonly #head: RequestHead;
  readonly #peer: KnownPeer;

  constructor(head: RequestHead, id: string, clientAddress: string, peer: KnownPeer) {
    this.#head = head;
    this.#peer = peer;
    this.method = head.method;
    this.target = head.target;
    this.protocol = head.protocol;
    this.id = id;
    this.clientAddress = clientAddress;
    this.headerCount = head.fields.count;
  }

  get clientPort(): number {
    return this.#peer.peerPort;
  }

  get fingerprint(): string {
    return this.#peer.ja4;
  }

  get serverAddress(): string {
    return this.#peer.localAddress;
  }

  get serverPort(): number {
    return this.#peer.localPort;
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
