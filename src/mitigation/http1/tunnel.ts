/**
 * A WebSocket after its handshake: octets pass both ways untouched, each side held back when the other is
 * slow (RFC 6455). The tunnel opens only when the origin has proved that it understood the handshake.
 */
import { copyFields } from '../../http/copy-fields.ts';
import * as kind from '../../http/field-names.ts';
import { RESPONSE_DROPPED } from '../../http/hop-by-hop.ts';
import type { RequestHead } from '../../http/request-head.ts';
import type { ResponseHead } from '../../http/response-head.ts';
import { hasOption } from '../../http/token-list.ts';
import { webSocketAccept } from '../../http/websocket-accept.ts';
import { CLOSE_GOING_AWAY, FrameTracker } from '../../http/websocket-frames.ts';
import type { OriginConnection } from '../upstream/origin-connection.ts';
import type { ExchangeConnection } from './exchange-connection.ts';

export class Tunnel {
  readonly #client: ExchangeConnection;
  readonly #origin: OriginConnection;
  readonly #frames: FrameTracker = new FrameTracker();
  bytesIn = 0;
  bytesOut = 0;
  #draining = false;

  constructor(client: ExchangeConnection, origin: OriginConnection) {
    this.#client = client;
    this.#origin = origin;
  }

  /** The 101 for the client, or null where the origin's is no valid answer to the request. */
  static accept(request: RequestHead, response: ResponseHead): string | null {
    if (request.webSocketKey === '') return null;
    const fields = response.fields;
    const upgrade = fields.indexOfKind(kind.UPGRADE);
    const accept = fields.indexOfKind(kind.SEC_WEBSOCKET_ACCEPT);
    if (upgrade === -1 || accept === -1 || !hasOption(fields.value(upgrade), 'websocket')) return null;
    if (fields.value(accept) !== webSocketAccept(request.webSocketKey)) return null;
    const rest = copyFields(fields, RESPONSE_DROPPED, null);
    return `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n${rest}\r\n`;
  }

  fromClient(bytes: Buffer): void {
    this.bytesIn += bytes.length;
    this.#client.touchTunnel();
    if (!this.#origin.writeBytes(bytes)) this.#client.pauseInput();
  }

  /** Passes octets on; true where the tunnel ended with them. */
  fromOrigin(bytes: Buffer): boolean {
    this.bytesOut += bytes.length;
    const boundary = this.#frames.advance(bytes);
    if (this.#draining && boundary !== -1) {
      this.#client.writeBytes(bytes.subarray(0, boundary));
      this.#client.writeBytes(CLOSE_GOING_AWAY);
      return true;
    }
    this.#client.touchTunnel();
    if (!this.#client.writeBytes(bytes)) this.#origin.pause();
    return false;
  }

  /** Says goodbye between two frames; true where that was possible at once and the tunnel is over. */
  drain(): boolean {
    this.#draining = true;
    if (!this.#frames.atBoundary) return false;
    this.#client.writeBytes(CLOSE_GOING_AWAY);
    return true;
  }
}
