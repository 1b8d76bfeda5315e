/** A part of a request, as exceptions name it, in the words of the rule language. */

/**
 * The targets of the rule language that a part stands for, or null for the whole rule. A part that the language has
 * no name for is the whole rule as well: an exception has to hold.
 */
export function targetsOf(part: string | null): string | null {
  if (part === null) return null;
  const colon = part.indexOf(':');
  const area = colon === -1 ? part : part.slice(0, colon);
  const name = colon === -1 ? '' : part.slice(colon + 1);
  const collections = AREAS.get(area);
  if (collections === undefined || /[|,'"\s]/.test(name)) return null;
  return collections.map((collection) => (name === '' ? collection : `${collection}:${name}`)).join('|');
}

const AREAS: ReadonlyMap<string, readonly string[]> = new Map([
  ['query', ['ARGS_GET', 'ARGS_GET_NAMES', 'ARGS', 'ARGS_NAMES']],
  ['body', ['ARGS_POST', 'ARGS_POST_NAMES', 'ARGS', 'ARGS_NAMES']],
  ['cookie', ['REQUEST_COOKIES', 'REQUEST_COOKIES_NAMES']],
  ['header', ['REQUEST_HEADERS', 'REQUEST_HEADERS_NAMES']],
]);
