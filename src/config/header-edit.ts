/**
 * One change to the fields of a request or an answer, as a line of text.
 *
 *   Name: value     sets a field: every line of that name is replaced by this one
 *   +Name: value    adds a line
 *   -Name           removes every line of that name
 *
 * Fields that say where a message ends, what a connection does, or who the client is belong to the node: a site that
 * could change those could be talked past.
 */
import { fail, ok, type Result } from '../core/result.ts';
import { quote, type ValueFault } from './fault.ts';

export interface HeaderEdit {
  readonly kind: 'set' | 'add' | 'remove';
  readonly name: string;
  /** Empty where the field is removed. */
  readonly value: string;
}

const LINE = /^([+-]?)([!#$%&'*+.^_`|~0-9a-z-]{1,128})(?::[ \t]*([\t\x20-\x7e]*))?$/is;

/** In lower case; an underscore counts as a hyphen, as it does for origins that make variables of names. */
const OF_THE_NODE: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'expect',
  'forwarded',
  'http2-settings',
  'keep-alive',
  'max-forwards',
  'proxy',
  'proxy-connection',
  'sec-websocket-accept',
  'sec-websocket-key',
  'sec-websocket-version',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'via',
  'x-request-id',
]);

/** Further fields of requests that tell who the client is. */
const OF_THE_CLIENT =
  /^(?:x-forwarded(?:-.*)?|x-client-certificate-.*|x-real-ip|client-ip|x-client-ip|true-client-ip|cf-connecting-ip|x-cluster-client-ip)$/;

/** Reads one line for the fields of requests. */
export function parseRequestEdit(line: string): Result<HeaderEdit, ValueFault> {
  const edit = parseEdit(line);
  if (!edit.ok) return edit;
  const name = edit.value.name.toLowerCase().replaceAll('_', '-');
  if (name === 'host') return refuse('cannot change Host', 'see preserve_host');
  return OF_THE_CLIENT.test(name) ? refuse(`cannot change ${name}, which the node writes itself`) : edit;
}

/** Reads one line for the fields of answers. */
export function parseResponseEdit(line: string): Result<HeaderEdit, ValueFault> {
  return parseEdit(line);
}

/** No fault repeats a value: it may be a credential. */
function parseEdit(line: string): Result<HeaderEdit, ValueFault> {
  const [, sign = '', name = '', text] = LINE.exec(line) ?? [];
  if (name === '') return refuse('is not a line such as "Name: value", "+Name: value" or "-Name"');
  if (OF_THE_NODE.has(name.toLowerCase().replaceAll('_', '-'))) {
    return refuse(`cannot change ${quote(name)}, which the node writes itself`);
  }
  const value = text?.trim() ?? '';
  if (sign !== '-') {
    return text === undefined
      ? refuse(`needs a value for ${quote(name)}`, `"${name}: value", or "-${name}" to remove it`)
      : ok({ kind: sign === '+' ? 'add' : 'set', name, value });
  }
  return text === undefined
    ? ok({ kind: 'remove', name, value: '' })
    : refuse(`removes ${quote(name)} whatever its value`, `write "-${name}"`);
}

function refuse(message: string, suggestion: string | null = null): Result<never, ValueFault> {
  return fail({ message, suggestion });
}
