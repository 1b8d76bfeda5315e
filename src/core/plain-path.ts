/**
 * The one form of a path, by which sites and rules are looked up: as an origin would read it (RFC 3986 section 6.2.2:
 * escapes of unreserved characters undone, dot segments taken out). Origins read some paths in different ways; such a
 * path has no one form, and whoever looks something up by it must be on the safe side.
 */

/** Whether a path lies at a prefix or below it. */
export function isWithin(path: string, prefix: string): boolean {
  if (!path.startsWith(prefix)) return false;
  return path.length === prefix.length || prefix.endsWith('/') || path[prefix.length] === '/';
}

const UNRESERVED_ESCAPE = /%(?:2d|2e|5f|7e|3[0-9]|[46][1-9a-f]|[57][0-9a])/gi;
/**
 * An escaped or reversed separator, a control character, a path parameter, an empty segment; and escapes by which old
 * decoders read a dot or separator out of more octets than UTF-8 allows for it, or out of a number of UTF-16.
 */
const AMBIGUOUS = /%(?:2f|5c|25|0|1|7f|c[01]|e0%[89]|f0%8|u)|[\\;]|\/\//i;
const OVERLONG = /%(?:c[01]|e0%[89]|f0%8|u)/i;

/** The path of a target in its one form, or null where origins may read it in several ways. */
export function plainPath(target: string): string | null {
  const mark = target.indexOf('?');
  const received = mark === -1 ? target : target.slice(0, mark);
  if (!received.startsWith('/') || AMBIGUOUS.test(received)) return null;
  const decoded = received.includes('%') ? received.replace(UNRESERVED_ESCAPE, decodeEscape) : received;
  return decoded.includes('/.') ? removeDotSegments(decoded) : decoded;
}

/**
 * Of a path with several readings the part that they share: every reading lies at this path or below it. Null where one
 * may lead elsewhere.
 */
export function certainStem(target: string): string | null {
  const mark = target.indexOf('?');
  const received = mark === -1 ? target : target.slice(0, mark);
  if (!received.startsWith('/')) return null;
  const doubtful = received.search(AMBIGUOUS);
  if (doubtful === -1) return plainPath(received);
  const cut = received.lastIndexOf('/', doubtful);
  return climbs(received.slice(cut)) ? null : plainPath(cut === 0 ? '/' : received.slice(0, cut));
}

/** Origins decode once or twice; whoever encodes more often than this is up to something. */
const DECODINGS_MAX = 4;
const DOT_OR_PERCENT = /%(?:25|2e)/gi;
/** Characters that some origins leave out. */
const DROPPED = /%(?:[01][0-9a-f]|7f)/gi;

/** Whether two dots can stand together in any reading, which some origin may take for a step up. */
function climbs(path: string): boolean {
  let read = path;
  for (let round = 0; round < DECODINGS_MAX; round++) {
    if (OVERLONG.test(read)) return true;
    const decoded = read.replace(DOT_OR_PERCENT, decodeEscape).replace(DROPPED, '');
    if (decoded === read) return read.includes('..');
    read = decoded;
  }
  return true;
}

function decodeEscape(text: string): string {
  return String.fromCharCode(Number.parseInt(text.slice(1), 16));
}

/** RFC 3986 section 5.2.4. */
function removeDotSegments(path: string): string {
  const kept: string[] = [];
  const segments = path.split('/').slice(1);
  for (const [index, segment] of segments.entries()) {
    const last = index === segments.length - 1;
    if (segment === '..') kept.pop();
    else if (segment !== '.') kept.push(segment);
    if (last && (segment === '..' || segment === '.')) kept.push('');
  }
  return `/${kept.join('/')}`;
}
