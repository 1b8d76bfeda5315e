/**
 * Whether the trailers of an HTTP/1.1 answer are passed on (RFC 9110 section 6.5.1).
 *
 * A recipient may merge trailers into the header, so nothing that frames, routes, authenticates or controls may come
 * in this way. A section with one such field is dropped whole: its sender does not mean well, or does not know better.
 */
import type { FieldBlock } from '../../http/field-block.ts';
import { isTrailerField } from '../../http/http2/trailer-fields.ts';

export function areSafeTrailers({ bytes, base, offsets, kinds, count }: FieldBlock): boolean {
  for (let index = 0; index < count; index++) {
    const nameStart = base + offsets[index * 4]!;
    const nameEnd = base + offsets[index * 4 + 1]!;
    if (!isTrailerField(kinds[index]!, bytes, nameStart, nameEnd)) return false;
  }
  return true;
}
