/**
 * Writes the fields of a parsed header that are to be forwarded.
 *
 * Lines that stand next to each other and are already in the one canonical form are copied as one run, so a
 * header without anything to drop costs one slice. Lines with other spacing are written anew.
 */
import type { FieldBlock } from './field-block.ts';
import { editedName, type HeaderEdits } from './header-edits.ts';
import { isNominated } from './hop-by-hop.ts';

/**
 * All fields but those whose kind is in `dropped` and those that `nominated` names, as text with line ends; edits are
 * applied to what is left.
 */
export function copyFields(
  fields: FieldBlock,
  dropped: Uint8Array,
  nominated: ReadonlySet<string> | null,
  edits: HeaderEdits | null = null,
): string {
  let text = '';
  let runStart = -1;
  for (let i = 0; i < fields.count; i++) {
    const drop =
      dropped[fields.kinds[i]!] === 1 ||
      (nominated !== null && isNominated(fields, i, nominated)) ||
      edits?.dropped.has(editedName(fields.name(i))) === true;
    const lineStart = fields.offsets[i * 4]!;
    if (!fields.canonical) {
      if (!drop) text += `${fields.name(i)}: ${fields.value(i)}\r\n`;
    } else if (drop) {
      if (runStart !== -1) text += fields.text.slice(runStart, lineStart);
      runStart = -1;
    } else if (runStart === -1) {
      runStart = lineStart;
    }
  }
  if (runStart !== -1) text += fields.text.slice(runStart, fields.end);
  return edits === null ? text : text + edits.lines;
}
