/**
 * Comma-separated lists of field values (RFC 9110 §5.6.1), for the few fields that a proxy acts on.
 */

/** Whether a comma-separated list holds `option`, given in lower case. */
export function hasOption(list: string, option: string): boolean {
  return list.split(',').some((part) => trimOws(part).toLowerCase() === option);
}

/** Removes SP and HTAB at both ends, and nothing else that `trim` would take. */
export function trimOws(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isOws(text.charCodeAt(start))) start++;
  while (end > start && isOws(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

function isOws(code: number): boolean {
  return code === 0x20 || code === 0x09;
}
