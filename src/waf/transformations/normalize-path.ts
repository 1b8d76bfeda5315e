/**
 * normalizePath: resolves a path without looking at any disk: runs of slashes become one, `.` goes away, `..` takes
 * its directory along; above the root it goes away, before a relative path it stays. Never longer than its input.
 *
 *     /a//./b/../../../etc/passwd -> /etc/passwd      x/../../y -> ../y
 */
const RESOLVABLE = /\/\/|(?:^|\/)\.\.?(?:\/|$)/;

const SLASH = 0x2f;
const DOT = 0x2e;

export function normalizePath(text: string): string {
  if (!RESOLVABLE.test(text)) return text;
  const bytes = Buffer.from(text, 'latin1');
  const root = bytes[0] === SLASH ? 1 : 0;
  let written = root;
  /** Directories kept that a `..` can take along. */
  let depth = 0;
  for (let start = root, end = root; start < bytes.length; start = end + 1) {
    end = segmentEnd(bytes, start);
    const length = end - start;
    if (length === 0 || (length === 1 && bytes[start] === DOT)) continue;
    const isUpward = length === 2 && bytes[start] === DOT && bytes[start + 1] === DOT;
    if (!isUpward) depth++;
    else if (depth > 0) {
      written = parentEnd(bytes, written, root);
      depth--;
      continue;
    } else if (root === 1) continue;
    if (written > root) bytes[written++] = SLASH;
    for (let at = start; at < end; at++) bytes[written++] = bytes[at]!;
  }
  if (written > root && text.endsWith('/')) bytes[written++] = SLASH;
  return bytes.toString('latin1', 0, written);
}

function segmentEnd(bytes: Uint8Array, start: number): number {
  let end = start;
  while (end < bytes.length && bytes[end] !== SLASH) end++;
  return end;
}

/** Where the path ends without its last segment and the slash before that. */
function parentEnd(bytes: Uint8Array, end: number, root: number): number {
  let at = end;
  while (at > root && bytes[at - 1] !== SLASH) at--;
  return Math.max(root, at - 1);
}
