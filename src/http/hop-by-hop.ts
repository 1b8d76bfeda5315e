/**
 * Which fields end at this hop (RFC 9110 §7.6.1) and which the node writes itself.
 *
 * A Connection option may name further fields to remove, but never those that carry framing, routing, the
 * client's address or credentials: otherwise a client could strip what the node or a proxy before it set.
 */
import type { FieldBlock } from './field-block.ts';
import * as kind from './field-names.ts';
import { trimOws } from './token-list.ts';

const KINDS = 32;

/** Per kind: 1 where a request field is not forwarded as it is. */
export const REQUEST_DROPPED: Uint8Array = kindSet([
  kind.CONNECTION,
  kind.KEEP_ALIVE,
  kind.PROXY_CONNECTION,
  kind.UPGRADE,
  kind.TE,
  kind.TRAILER,
  kind.HTTP2_SETTINGS,
  kind.EXPECT,
  kind.TRANSFER_ENCODING,
  kind.CONTENT_LENGTH,
  kind.FORWARDED,
  kind.X_FORWARDED_FOR,
  kind.X_REQUEST_ID,
  kind.ALIAS,
  kind.CLIENT_CERTIFICATE,
]);

/** The same behind a trusted proxy, whose word on the client is passed on. */
export const TRUSTED_REQUEST_DROPPED: Uint8Array = without(REQUEST_DROPPED, [kind.FORWARDED]);

/** Per kind: 1 where a response field is not forwarded. */
export const RESPONSE_DROPPED: Uint8Array = kindSet([
  kind.CONNECTION,
  kind.KEEP_ALIVE,
  kind.PROXY_CONNECTION,
  kind.UPGRADE,
  kind.TE,
  kind.TRAILER,
  kind.HTTP2_SETTINGS,
  kind.TRANSFER_ENCODING,
]);

/** The lower-case names of fields that Connection asks to remove; `close` is no name of one (RFC 9110 §7.6.1). */
export function nominatedNames(fields: FieldBlock): ReadonlySet<string> {
  const names = new Set<string>();
  for (let i = 0; i < fields.count; i++) {
    if (fields.kinds[i] !== kind.CONNECTION) continue;
    for (const part of fields.value(i).split(',')) {
      const name = trimOws(part).toLowerCase();
      if (name !== '' && name !== 'close') names.add(name);
    }
  }
  return names;
}

/** Whether field `index` may be removed because Connection names it. */
export function isNominated(fields: FieldBlock, index: number, names: ReadonlySet<string>): boolean {
  return fields.kinds[index] === kind.OTHER && names.has(fields.name(index).toLowerCase());
}

function kindSet(kinds: readonly number[]): Uint8Array {
  const set = new Uint8Array(KINDS);
  for (const one of kinds) set[one] = 1;
  return set;
}

function without(set: Uint8Array, kinds: readonly number[]): Uint8Array {
  const copy = set.slice();
  for (const one of kinds) copy[one] = 0;
  return copy;
}
