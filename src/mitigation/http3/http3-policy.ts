/** What the node tells and allows its HTTP/3 clients, compiled from the section `http3` and from what HTTP/2 has too. */
import { parseListenAddress } from '../../config/listen-address.ts';
import type { Config } from '../../config/schema.ts';
import { editedName, type HeaderEdits } from '../../http/header-edits.ts';

export interface Http3Policy {
  /** Whether it is wanted; whether the runtime has it is another matter. */
  readonly enabled: boolean;
  /** UDP port to listen on; null for that of the sites. */
  readonly port: number | null;
  /** What the library may hand over of one request's header, in fields and in octets: more than any limit allows. */
  readonly headerPairsMax: number;
  readonly headerBytesMax: number;
  readonly concurrentStreamsMax: number;
}

/** Past these the library leaves fields out without a word, so they lie well behind the limits that are answered. */
const FIELDS_FACTOR = 3;
const BYTES_FACTOR = 4;

export function compileHttp3({ http, http2, http3, network }: Config): Http3Policy {
  return {
    enabled: http3.enabled && network.tls.enabled,
    port: http3.port ?? null,
    headerPairsMax: FIELDS_FACTOR * http.header_count_max + 8,
    headerBytesMax: BYTES_FACTOR * (http.header_bytes_max + http.target_bytes_max),
    concurrentStreamsMax: http2.max_concurrent_streams,
  };
}

/**
 * The field that tells clients of HTTP/1.1 and HTTP/2 about HTTP/3 (RFC 7838), as an edit of all answers; null where
 * there is nothing to tell. What an origin says of its own ports means nothing out here and is left out.
 *
 * @param available whether the runtime has HTTP/3
 */
export function compileAltSvc({ http3, network }: Config, available: boolean): HeaderEdits | null {
  if (!http3.enabled || !network.tls.enabled || !available) return null;
  const listen = parseListenAddress(network.listen_addr);
  const port = http3.advertised_port ?? http3.port ?? (listen.ok ? listen.value.port : 0);
  // A port that the system chooses is known too late, and by tests only.
  if (port === 0) return null;
  const value = `h3=":${port}"; ma=${http3.alt_svc_max_age_seconds}`;
  return {
    dropped: new Set([ALT_SVC]),
    lines: `Alt-Svc: ${value}\r\n`,
    fields: [{ name: ALT_SVC, value }],
  };
}

/** Both edits in one; where the operator has something to say about Alt-Svc, that holds. */
export function withAltSvc(edits: HeaderEdits | null, altSvc: HeaderEdits | null): HeaderEdits | null {
  if (edits === null || altSvc === null) return edits ?? altSvc;
  const mentioned =
    edits.dropped.has(ALT_SVC) || edits.fields.some(({ name }) => editedName(name) === ALT_SVC);
  if (mentioned) return edits;
  return {
    dropped: new Set([...edits.dropped, ...altSvc.dropped]),
    lines: edits.lines + altSvc.lines,
    fields: [...edits.fields, ...altSvc.fields],
  };
}

const ALT_SVC = 'alt-svc';
