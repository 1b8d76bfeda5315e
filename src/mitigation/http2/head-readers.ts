/**
 * What reads heads over HTTP/2, once for all connections of a worker: each head is read from its beginning to its end
 * within one turn, so that nothing of one connection is left when the next comes.
 */
import { randomBytes } from 'node:crypto';
import { LineRoom } from '../../http/hpack/line-room.ts';
import { RequestReader } from '../../http/http2/read-request.ts';
import { TrailerReader } from '../../http/http2/read-trailers.ts';

export class HeadReaders {
  readonly requests: RequestReader = new RequestReader(createWebSocketKey);
  readonly trailers: TrailerReader = new TrailerReader();
  readonly room: LineRoom = new LineRoom();
}

/** The key of the handshake that an extended CONNECT stands for (RFC 6455 section 4.1). */
function createWebSocketKey(): string {
  return randomBytes(16).toString('base64');
}
