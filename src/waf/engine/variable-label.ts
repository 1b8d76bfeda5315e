/** How a value's origin is spelt in MATCHED_VAR_NAME and in logs. */
import type { Collection } from './collections/collection.ts';

/** The name of a variable and of its member: `ARGS:id`. */
export function variableLabel(collection: Collection, name: string): string {
  if (name === '') return collection.name;
  return `${collection.name}:${HEADERS.has(collection.name) ? headerSpelling(name) : name}`;
}

/** Header fields come with their names in lower case; logs spell them as people do: `User-Agent`. */
const HEADERS: ReadonlySet<string> = new Set(['REQUEST_HEADERS', 'RESPONSE_HEADERS']);

function headerSpelling(name: string): string {
  return name.replace(/(?:^|-)[a-z]/g, (start) => start.toUpperCase());
}
