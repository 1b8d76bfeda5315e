/**
 * Arguments of one name as origins read them that join their values by a comma: an attack cut in two looks harmless in
 * either half.
 *
 * At most 64 pairs are compared, and a name that occurs more than four times is a list.
 */

const PAIRS_MAX = 64;
const VALUES_MAX = 4;

export interface JoinedValues {
  readonly name: string;
  readonly text: string;
}

/** The values of every name that occurs two to four times, joined. */
export function joinValues(text: string, separator: string): readonly JoinedValues[] {
  const values = new Map<string, string[]>();
  for (const pair of text.split(separator, PAIRS_MAX)) {
    const equals = pair.indexOf('=');
    if (equals < 1) continue;
    const name = pair.slice(0, equals);
    const known = values.get(name);
    if (known === undefined) values.set(name, [pair.slice(equals + 1)]);
    else known.push(pair.slice(equals + 1));
  }
  const joined: JoinedValues[] = [];
  for (const [name, list] of values) {
    if (list.length > 1 && list.length <= VALUES_MAX) joined.push({ name, text: list.join(',') });
  }
  return joined;
}
