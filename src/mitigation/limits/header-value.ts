/** Finds the value of a header field without making a text. */
import type { FieldBlock } from '../../http/field-block.ts';
import { spells } from '../../http/field-names.ts';
import type { OctetRange } from './cookie-value.ts';

/**
 * Whether exactly one field has the name (in lower case) and its value is not empty; it is in `out` then. Of
 * several with one name nobody knows which the origin believes.
 */
export function findHeader(fields: FieldBlock, lowerName: string, out: OctetRange): boolean {
  let found = 0;
  for (let index = 0; index < fields.count; index++) {
    const nameStart = fields.base + fields.offsets[index * 4]!;
    const nameEnd = fields.base + fields.offsets[index * 4 + 1]!;
    if (nameEnd - nameStart !== lowerName.length || !spells(fields.bytes, nameStart, lowerName)) continue;
    found++;
    out.start = fields.base + fields.offsets[index * 4 + 2]!;
    out.end = fields.base + fields.offsets[index * 4 + 3]!;
  }
  return found === 1 && out.end > out.start;
}
