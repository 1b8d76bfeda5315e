/**
 * normalizePath: resolves a path without looking at any disk: runs of slashes become one, `.` goes away, `..` takes
 * its directory along; above the root it goes away, before a relative path it stays. Never longer than its input.
 *
 *     /a//./b/../../../etc/passwd -> /etc/passwd      x/../../y -> ../y
 */
const RESOLVABLE = /\/\/|(?:^|\/)\.\.?(?:\/|$)/;

export function normalizePath(text: string): string {
  if (!RESOLVABLE.test(text)) return text;
  const isAbsolute = text.startsWith('/');
  const kept: string[] = [];
  for (const segment of text.split('/')) {
    if (segment === '' || segment === '.') continue;
    if (segment !== '..') kept.push(segment);
    else if (kept.length > 0 && kept[kept.length - 1] !== '..') kept.pop();
    else if (!isAbsolute) kept.push('..');
  }
  const path = (isAbsolute ? '/' : '') + kept.join('/');
  return text.endsWith('/') && kept.length > 0 ? `${path}/` : path;
}
