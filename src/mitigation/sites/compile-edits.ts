/** From lines of the configuration to edits that are applied to messages. */
import type { HeaderEdit, parseResponseEdit } from '../../config/header-edit.ts';
import { editedName, type HeaderEdits } from '../../http/header-edits.ts';

/**
 * Null without edits. A field that is set or removed loses all its lines first; then lines are written in their order.
 *
 * @param parse reads one line; the schema has refused what it does not read
 */
export function compileEdits(lines: readonly string[], parse: typeof parseResponseEdit): HeaderEdits | null {
  const edits: readonly HeaderEdit[] = lines.flatMap((line) => {
    const edit = parse(line);
    return edit.ok ? [edit.value] : [];
  });
  if (edits.length === 0) return null;
  const written = edits.filter(({ kind }) => kind !== 'remove');
  return {
    dropped: new Set(edits.filter(({ kind }) => kind !== 'add').map(({ name }) => editedName(name))),
    lines: written.map(({ name, value }) => `${name}: ${value}\r\n`).join(''),
    fields: written.map(({ name, value }) => ({ name: name.toLowerCase(), value })),
  };
}
