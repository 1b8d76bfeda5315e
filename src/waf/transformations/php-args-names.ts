/**
 * phpArgsNames: the name under which PHP registers an argument. Leading blanks go away; blanks and dots before the
 * first bracket become `_`, as does that bracket if it never closes; behind closed brackets only further ones count,
 * and a name that is nothing but brackets is dropped. Never longer than its input.
 *
 *     a.b[c.d]e -> a_b[c.d]      a[b.c -> a_b.c
 */
const REPLACED = /[ .[]/;
const BLANK_OR_DOT = /[ .]/g;
const LEADING_BLANKS = /^ +/;

export function phpArgsNames(text: string): string {
  if (!REPLACED.test(text)) return text;
  const name = text.replace(LEADING_BLANKS, '');
  const bracket = name.indexOf('[');
  if (bracket === 0) return '';
  if (bracket < 0) return name.replace(BLANK_OR_DOT, '_');
  const stem = name.slice(0, bracket).replace(BLANK_OR_DOT, '_');
  const indices = indicesOf(name, bracket);
  return indices === '' ? `${stem}_${name.slice(bracket + 1)}` : stem + indices;
}

/** The closed brackets that follow each other from `start` on; one with a single blank in it counts as empty. */
function indicesOf(name: string, start: number): string {
  let out = '';
  let open = start;
  while (open < name.length && name[open] === '[') {
    const close = name.indexOf(']', open);
    if (close < 0) break;
    const index = name.slice(open, close + 1);
    out += index === '[ ]' ? '[]' : index;
    open = close + 1;
  }
  return out;
}
