/**
 * A request as the proxy receives it: octets through its HTTP/1 codec. What the codec refuses never reaches a rule; it
 * is answered with the status of the fault.
 */
import { REASONS } from '../../src/core/reasons.ts';
import { BodyReader } from '../../src/http/body-reader.ts';
import { faultOf, NEED_MORE } from '../../src/http/faults.ts';
import { parseRequestHead, type RequestLimits } from '../../src/http/parse-request.ts';
import { RequestHead } from '../../src/http/request-head.ts';
import { HeadView } from '../../src/mitigation/pipeline/request-view.ts';
import type { RequestView } from '../../src/waf/inspection.ts';

export type ReceivedRequest =
  | { readonly kind: 'refused'; readonly status: number; readonly fault: string }
  | {
      readonly kind: 'accepted';
      readonly view: RequestView;
      readonly body: Buffer;
      /** Whether the body came to its end; what does not is answered with 408 after phase 1. */
      readonly complete: boolean;
    };

/** As by default. */
const LIMITS: RequestLimits = { targetBytesMax: 8192, headerBytesMax: 32_768, headerCountMax: 100 };

export function receiveRequest(octets: Buffer, id: string): ReceivedRequest {
  const head = new RequestHead(LIMITS.headerCountMax);
  const end = parseRequestHead(octets, 0, octets.length, head, LIMITS);
  if (end === NEED_MORE)
    return { kind: 'refused', status: REASONS.request_timeout.status, fault: 'incomplete' };
  if (end < 0) return refusal(end);
  const reader = new BodyReader();
  reader.start(head.framing, head.contentLength, true);
  const pieces: Buffer[] = [];
  let at = end;
  while (!reader.done && at < octets.length) {
    at = reader.next(octets, at, octets.length);
    if (at < 0) return refusal(at);
    pieces.push(octets.subarray(reader.dataStart, reader.dataEnd));
  }
  return {
    kind: 'accepted',
    view: new HeadView(head, id, CLIENT, ENDPOINTS),
    body: Buffer.concat(pieces),
    complete: reader.done,
  };
}

function refusal(code: number): ReceivedRequest {
  const { name, reason } = faultOf(code);
  return { kind: 'refused', status: REASONS[reason].status, fault: name };
}

/** Who sends the requests, and where to. */
const CLIENT = '127.0.0.1';
const ENDPOINTS = { peerPort: 40_000, localAddress: '127.0.0.1', localPort: 80, ja4: '' };
