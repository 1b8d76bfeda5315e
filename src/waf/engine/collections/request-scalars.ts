/** Variables with one value that the head of a request gives. */
import type { ScalarCollection } from './collection.ts';
import type { Message } from './message.ts';

export const REQUEST_SCALARS: readonly ScalarCollection[] = [
  head('REQUEST_METHOD', 'method', ({ request }) => request.method),
  head('REQUEST_PROTOCOL', 'protocol', ({ request }) => request.protocol),
  head(
    'REQUEST_LINE',
    'request line',
    ({ request }) => `${request.method} ${request.target} ${request.protocol}`,
  ),
  head('REQUEST_URI_RAW', 'target', ({ request }) => request.target),
  head('REQUEST_URI', 'target', ({ target }) => target.uri),
  head('REQUEST_FILENAME', 'path', ({ target }) => target.path),
  head('REQUEST_BASENAME', 'path', ({ target }) => target.baseName),
  head('QUERY_STRING', 'query', ({ target }) => target.query),
  head('PATH_INFO', 'path', () => ''),
  head('REMOTE_ADDR', 'client address', ({ request }) => request.clientAddress),
  head('REMOTE_HOST', 'client address', ({ request }) => request.clientAddress),
  head('REMOTE_PORT', 'client port', ({ request }) => String(request.clientPort)),
  head('JA4', 'client fingerprint', ({ request }) => request.fingerprint),
  head('REMOTE_USER', 'header:authorization', () => ''),
  head('AUTH_TYPE', 'header:authorization', authenticationScheme),
  head('SERVER_ADDR', 'server address', ({ request }) => request.serverAddress),
  head('SERVER_NAME', 'header:host', serverName),
  head('SERVER_PORT', 'server port', ({ request }) => String(request.serverPort)),
  head('UNIQUE_ID', 'request id', ({ request }) => request.id),
  head('REQBODY_PROCESSOR', 'body', ({ processor }) => processor),
  head('MODSEC_BUILD', 'engine', () => ''),
  head('MSC_PCRE_ERROR', 'engine', () => '0'),
  head('MSC_PCRE_LIMITS_EXCEEDED', 'engine', () => '0'),
];

function head(name: string, part: string, read: (message: Message) => string): ScalarCollection {
  return { kind: 'scalar', name, from: 1, part, volatile: false, read };
}

function authenticationScheme({ request }: Message): string {
  const field = request.header('authorization') ?? '';
  const blank = field.indexOf(' ');
  return blank === -1 ? field : field.slice(0, blank);
}

function serverName({ request }: Message): string {
  const host = request.header('host') ?? '';
  const colon = host.indexOf(':', host.lastIndexOf(']') + 1);
  return colon === -1 ? host : host.slice(0, colon);
}
