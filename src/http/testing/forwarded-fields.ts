/** The fields that may and must be forwarded, told apart from the codec: by names instead of kinds. */
import { BODY_LENGTH } from '../framing.ts';
import type { ForwardedBy } from '../write-request.ts';
import { connectionOptions, type Fields, type ReferenceRequest, valuesOf } from './reference.ts';

export const REQUEST_ID = 'id-1';
/** Host for requests that name none. */
export const DEFAULT_HOST = 'default.example';

/** Fields that never pass, in lower case. */
export const HOP_BY_HOP: ReadonlySet<string> = new Set([
  ...['connection', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'upgrade', 'http2-settings', 'expect'],
  ...['content-length', 'transfer-encoding'],
]);
/** Fields that Connection cannot make hop-by-hop. */
const KEPT: ReadonlySet<string> = new Set([
  ...['host', 'authorization', 'cookie', 'content-type', 'content-encoding', 'via', 'max-forwards', 'close'],
  ...['sec-websocket-key', 'sec-websocket-version', 'sec-websocket-accept'],
]);
const OF_NODE = /^(?:forwarded|x-forwarded-.*|x-real-ip|x-request-id|content-length|transfer-encoding)$/;

/** The fields that the origin must get: those of the client that pass, then those of the node. */
export function expectedFields(
  reference: ReferenceRequest,
  by: ForwardedBy,
  framing: number,
  contentLength: number,
): Fields {
  const { fields, absolute, host, method } = reference;
  const kept = fields.filter(([name]) => passes(name.toLowerCase(), reference, by.trusted));
  const start: Fields = absolute ? [['Host', host]] : [];
  const added: [string, string][] = [];
  const forwarded = hostTowardsOrigin(reference);
  if (!absolute && valuesOf(fields, 'host').length === 0) added.push(['Host', forwarded]);
  const bodyExpected = framing === BODY_LENGTH || ['POST', 'PUT', 'PATCH'].includes(method);
  if (bodyExpected) added.push(['Content-Length', `${contentLength}`]);
  if (reference.webSocketKey !== '') added.push(['Connection', 'Upgrade'], ['Upgrade', 'websocket']);
  if (countsForwards(reference)) added.push(['Max-Forwards', `${reference.maxForwards - 1}`]);
  added.push(['Via', `1.${reference.minorVersion} secbeat`]);
  return [...start, ...kept, ...added, ...clientFields(reference, by)];
}

function clientFields({ fields, host }: ReferenceRequest, by: ForwardedBy): [string, string][] {
  const told = (name: string) => by.trusted && valuesOf(fields, name).length > 0;
  const chain = by.trusted ? valuesOf(fields, 'x-forwarded-for').filter((value) => value !== '') : [];
  const added: [string, string][] = [['X-Forwarded-For', [...chain, by.peer].join(', ')]];
  if (!told('x-forwarded-proto')) added.push(['X-Forwarded-Proto', by.scheme]);
  if (!told('x-forwarded-host') && host !== '') added.push(['X-Forwarded-Host', host]);
  added.push(['X-Request-Id', REQUEST_ID]);
  return added;
}

/** Whether a field of the client goes on to the origin. */
function passes(name: string, reference: ReferenceRequest, trusted: boolean): boolean {
  if (HOP_BY_HOP.has(name)) return false;
  if (name === 'host') return !reference.absolute;
  if (name === 'max-forwards') return !countsForwards(reference);
  const plain = name.replaceAll('_', '-');
  if (OF_NODE.test(plain)) {
    return trusted && plain === name && name !== 'x-forwarded-for' && name !== 'x-request-id';
  }
  return KEPT.has(name) || !connectionOptions(reference.fields)?.includes(name);
}

export function hostTowardsOrigin(reference: ReferenceRequest): string {
  const named = reference.absolute || valuesOf(reference.fields, 'host').length > 0;
  return named ? reference.host : DEFAULT_HOST;
}

/** Whether a response keeps a field that Connection names. */
export function isKept(name: string): boolean {
  return KEPT.has(name) || name === 'expect' || OF_NODE.test(name.replaceAll('_', '-'));
}

function countsForwards({ method, maxForwards }: ReferenceRequest): boolean {
  return method === 'OPTIONS' && maxForwards > 0;
}
