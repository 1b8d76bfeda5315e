/**
 * Why something was refused: one closed list that is metric label, log field and documentation anchor alike.
 *
 * A connection reason ends the TCP connection before a TLS byte is spent. A request reason is answered with
 * its status. An upstream reason is the origin's fault and tells the client no more than a request id.
 */
export interface ReasonDefinition {
  readonly kind: 'connection' | 'request' | 'upstream';
  /** HTTP status of the answer; 0 where there is none. */
  readonly status: number;
  /** One sentence for people. */
  readonly text: string;
}

export const REASONS = {
  manual_blacklist: { kind: 'connection', status: 0, text: 'The address is on the configured blacklist.' },
  listed: { kind: 'connection', status: 0, text: 'The address is on one of the large lists that deny.' },
  banned: { kind: 'connection', status: 0, text: 'The client is banned.' },
  global_limit: { kind: 'connection', status: 0, text: 'All connections of the node are in use.' },
  connection_limit: { kind: 'connection', status: 0, text: 'The client holds too many connections.' },
  connection_rate: { kind: 'connection', status: 0, text: 'The client opens connections too fast.' },
  handshake_limit: { kind: 'connection', status: 0, text: 'Too many TLS handshakes are in progress.' },
  handshake_timeout: { kind: 'connection', status: 0, text: 'The TLS handshake did not finish in time.' },
  handshake_failed: { kind: 'connection', status: 0, text: 'The TLS handshake failed.' },
  not_tls: { kind: 'connection', status: 0, text: 'The client does not speak TLS.' },
  unknown_name: { kind: 'connection', status: 0, text: 'There is no certificate for the server name.' },
  no_protocol: { kind: 'connection', status: 0, text: 'The client offers no protocol that is served.' },
  proxy_header: { kind: 'connection', status: 0, text: 'A balancer sent no valid PROXY header.' },
  accept_failed: { kind: 'connection', status: 0, text: 'The system had no room for the connection.' },
  client_gone: { kind: 'connection', status: 0, text: 'The client was gone before it could be judged.' },
  http2_abuse: {
    kind: 'connection',
    status: 0,
    text: 'The client spent the budget for HTTP/2 frames that bring no progress.',
  },
  draining: { kind: 'connection', status: 0, text: 'The node is shutting down.' },

  bad_request: { kind: 'request', status: 400, text: 'The request is malformed or can be read in two ways.' },
  forbidden_client: { kind: 'request', status: 403, text: 'The forwarded client is banned or blacklisted.' },
  waf: { kind: 'request', status: 403, text: 'A rule of the web application firewall matched.' },
  unknown_site: { kind: 'request', status: 404, text: 'No site answers to this host and path.' },
  ambiguous_path: {
    kind: 'request',
    status: 400,
    text: 'The path can be read as one of different sites.',
  },
  misdirected: {
    kind: 'request',
    status: 421,
    text: 'The host is not served on a connection for another name.',
  },
  method_not_allowed: { kind: 'request', status: 405, text: 'The method is not served through the node.' },
  request_timeout: { kind: 'request', status: 408, text: 'The request did not arrive in time.' },
  body_too_large: { kind: 'request', status: 413, text: 'The request body is over its limit.' },
  target_too_long: { kind: 'request', status: 414, text: 'The request target is over its limit.' },
  expectation_failed: { kind: 'request', status: 417, text: 'The expectation is not known.' },
  upgrade_required: { kind: 'request', status: 426, text: 'The WebSocket version is not 13.' },
  rate_limit: { kind: 'request', status: 429, text: 'The client sends requests too fast.' },
  limit: { kind: 'request', status: 429, text: 'A configured limit has no room for the request.' },
  header_too_large: { kind: 'request', status: 431, text: 'The request header is over its limits.' },
  not_implemented: { kind: 'request', status: 501, text: 'The transfer coding is not known.' },
  http_version: { kind: 'request', status: 505, text: 'The HTTP version is not supported.' },
  shed: { kind: 'request', status: 503, text: 'There was not room for all, and others went first.' },
  overloaded: { kind: 'request', status: 503, text: 'The node has no room for this request now.' },
  internal_error: { kind: 'request', status: 500, text: 'The node failed while handling the request.' },

  origin_unreachable: { kind: 'upstream', status: 502, text: 'The origin refused or broke the connection.' },
  origin_invalid: {
    kind: 'upstream',
    status: 502,
    text: 'The origin answered with something that is not valid HTTP.',
  },
  origin_busy: { kind: 'upstream', status: 503, text: 'No connection to the origin became free in time.' },
  no_origin: { kind: 'upstream', status: 503, text: 'No origin of the site is healthy.' },
  origin_timeout: { kind: 'upstream', status: 504, text: 'The origin did not answer in time.' },
} as const satisfies Record<string, ReasonDefinition>;

export type Reason = keyof typeof REASONS;

export const REASON_NAMES: readonly Reason[] = Object.keys(REASONS) as Reason[];
