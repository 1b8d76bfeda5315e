/** A labelled request as the firewall sees requests. */
import type { BodyLimits } from '../../src/waf/bodies/parsed-body.ts';
import { readRequestBody } from '../../src/waf/bodies/request-body.ts';
import type { RequestBody, RequestView } from '../../src/waf/inspection.ts';
import type { LabelledRequest } from './traffic.ts';

const LIMITS: BodyLimits = {
  argumentsMax: 1000,
  depthMax: 512,
  partsMax: 256,
  partHeaderBytesMax: 8192,
  fileBytesKept: 0,
};
/** Of a body, as much as a node inspects unless it is told otherwise. */
const BODY_BYTES_MAX = 131_072;

export function viewOf(request: LabelledRequest): RequestView {
  const { method, target, headers } = request;
  return {
    method,
    target,
    protocol: 'HTTP/1.1',
    id: '',
    clientAddress: '192.0.2.1',
    clientPort: 50_000,
    fingerprint: '',
    serverAddress: '192.0.2.2',
    serverPort: 443,
    headerCount: headers.length,
    headerName: (index) => headers[index]?.[0] ?? '',
    headerValue: (index) => headers[index]?.[1] ?? '',
    header: (name) => headerOf(request, name),
  };
}

/** Null for a request without a body. */
export function bodyOf(request: LabelledRequest): RequestBody | null {
  if (request.body === '') return null;
  const bytes = Buffer.from(request.body.slice(0, BODY_BYTES_MAX), 'latin1');
  const isWhole = request.body.length <= BODY_BYTES_MAX;
  const type = headerOf(request, 'content-type');
  const encoding = headerOf(request, 'content-encoding');
  return readRequestBody(bytes, isWhole, type, encoding, LIMITS, BODY_BYTES_MAX * 8);
}

function headerOf({ headers }: LabelledRequest, name: string): string | null {
  return headers.find(([known]) => known === name)?.[1] ?? null;
}
