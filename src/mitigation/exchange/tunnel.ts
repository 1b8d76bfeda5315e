/**
 * A WebSocket after its handshake: octets pass both ways untouched, each side held back when the other is
 * slow (RFC 6455). The tunnel opens only when the origin has proved that it understood the handshake.
 */
import * as kind from '../../http/field-names.ts';
import type { RequestHead } from '../../http/request-head.ts';
import type { ResponseHead } from '../../http/response-head.ts';
import { hasOption } from '../../http/token-list.ts';
import { webSocketAccept } from '../../http/websocket-accept.ts';
import { CLOSE_GOING_AWAY, FrameTracker } from '../../http/websocket-frames.ts';
import type { ClientStream } from './client-stream.ts';
import type { OriginStream } from './origin-stream.ts';

export class Tunnel {
  readonly #client: ClientStream;
  readonly #origin: OriginStream;
  readonly #frames: FrameTracker = new FrameTracker();
  bytesIn = 0;
  bytesOut = 0;
  #draining = false;

  constructor(client: ClientStream, origin: OriginStream) {
    this.#client = client;
    this.#origin = origin;
  }

  /** Whether the origin's 101 is a valid answer to the request's handshake. */
  static accepts(request: RequestHead, { fields }: ResponseHead): boolean {
    if (request.webSocketKey === '') return false;
    const upgrade = fields.indexOfKind(kind.UPGRADE);
    const accept = fields.indexOfKind(kind.SEC_WEBSOCKET_ACCEPT);
    if (upgrade === -1 || accept === -1 || !hasOption(fields.value(upgrade), 'websocket')) return false;
    return fields.value(accept) === webSocketAccept(request.webSocketKey);
  }

  fromClient(bytes: Buffer): void {
    this.bytesIn += bytes.length;
    this.#client.touchTunnel();
    if (!this.#origin.sendTunnel(bytes)) this.#client.pauseInput();
  }

  /** Passes octets on; true where the tunnel ended with them. */
  fromOrigin(bytes: Buffer): boolean {
    this.bytesOut += bytes.length;
    const boundary = this.#frames.advance(bytes);
    if (this.#draining && boundary !== -1) {
      this.#client.sendTunnel(bytes.subarray(0, boundary));
      this.#client.sendTunnel(CLOSE_GOING_AWAY);
      return true;
    }
    this.#client.touchTunnel();
    if (!this.#client.sendTunnel(bytes)) this.#origin.pause();
    return false;
  }

  /** Says goodbye between two frames; true where that was possible at once and the tunnel is over. */
  drain(): boolean {
    this.#draining = true;
    if (!this.#frames.atBoundary) return false;
    this.#client.sendTunnel(CLOSE_GOING_AWAY);
    return true;
  }
}
