/**
 * The one reading of a request: what the codec found and the node acts on.
 *
 * Reused from request to request; whoever keeps a part takes the string, never the head.
 */
import { FieldBlock } from './field-block.ts';
import { BODY_NONE } from './framing.ts';

/** As rules and logs name the version that a request came by. */
export type Protocol = 'HTTP/1.0' | 'HTTP/1.1' | 'HTTP/2.0' | 'HTTP/3.0';

export class RequestHead {
  readonly fields: FieldBlock;
  method = '';
  /** The target in origin form (or `*`), exactly as it was sent. */
  target = '';
  /** 0 for HTTP/1.0, 1 for HTTP/1.1 and everything newer. */
  minorVersion = 1;
  protocol: Protocol = 'HTTP/1.1';
  /** A WebSocket asked for by extended CONNECT (RFC 8441), read as the handshake that it stands for. */
  extendedConnect = false;
  /** host[:port] as sent, by Host or by an absolute target, which wins (RFC 9112 §3.2.2); may be empty. */
  host = '';
  /** Whether the authority came from an absolute target, so that the Host field must be written anew. */
  absolute = false;
  framing: number = BODY_NONE;
  /** With BODY_LENGTH: octets of the body. */
  contentLength = 0;
  keepAlive = true;
  expectContinue = false;
  /** A valid WebSocket handshake (RFC 6455 §4.1); the key is kept to check the origin's answer. */
  webSocketKey = '';
  /** Whether Connection names fields beyond its usual options, which must then not be forwarded. */
  hasConnectionOptions = false;
  /** The decimal of Max-Forwards, or -1. */
  maxForwards = -1;
  /** Where to go on after `NEED_MORE`, relative to the head's first octet; 0 before the request line is read. */
  resume = 0;
  /** How far the target had come when the input ended within the request line; 0 before it. */
  cutAt = 0;

  constructor(fieldCountMax: number) {
    this.fields = new FieldBlock(fieldCountMax);
  }

  clear(): void {
    this.fields.clear();
    this.resume = 0;
    this.cutAt = 0;
    // A request that is refused before its line is read must not be told as the one before it.
    this.method = '';
    this.target = '';
    this.host = '';
    this.minorVersion = 1;
    this.protocol = 'HTTP/1.1';
    this.extendedConnect = false;
    this.absolute = false;
    this.framing = BODY_NONE;
    this.contentLength = 0;
    this.keepAlive = true;
    this.expectContinue = false;
    this.webSocketKey = '';
    this.hasConnectionOptions = false;
    this.maxForwards = -1;
  }
}
