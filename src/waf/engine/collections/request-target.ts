/** The pieces of a request's target. Linear. */
import { octetAt } from '../../bodies/form-decoding.ts';

export interface TargetPieces {
  /** Path and query, not decoded; of a target in absolute form without scheme and authority. */
  readonly uri: string;
  /** What stands before the question mark, its escapes decoded once. */
  readonly path: string;
  /** The last segment of the decoded path. */
  readonly baseName: string;
  /** What stands behind the question mark, not decoded; empty without one. */
  readonly query: string;
}

const SLASH = 0x2f;

/** @param target as received: `/a/b?c=d`, `*`, `http://name/a` */
export function cutTarget(target: string): TargetPieces {
  const uri = target.charCodeAt(0) === SLASH ? target : withoutAuthority(target);
  const question = uri.indexOf('?');
  const path = decodeEscapes(question === -1 ? uri : uri.slice(0, question));
  const slash = path.lastIndexOf('/');
  return {
    uri,
    path,
    baseName: slash === -1 ? path : path.slice(slash + 1),
    query: question === -1 ? '' : uri.slice(question + 1),
  };
}

/** Turns `%` with two hexadecimal digits into an octet; broken escapes stay. */
function decodeEscapes(text: string): string {
  let percent = text.indexOf('%');
  if (percent === -1) return text;
  let decoded = '';
  let copied = 0;
  while (percent !== -1) {
    const octet = octetAt(text, percent + 1);
    if (octet === -1) {
      percent = text.indexOf('%', percent + 1);
      continue;
    }
    decoded += text.slice(copied, percent) + String.fromCharCode(octet);
    copied = percent + 3;
    percent = text.indexOf('%', copied);
  }
  return decoded + text.slice(copied);
}

function withoutAuthority(target: string): string {
  const scheme = target.indexOf('://');
  const slash = target.indexOf('/');
  if (scheme === -1 || slash < scheme) return target;
  const path = target.indexOf('/', scheme + 3);
  const query = target.indexOf('?', scheme + 3);
  if (path !== -1 && (query === -1 || path < query)) return target.slice(path);
  return query === -1 ? '/' : `/${target.slice(query)}`;
}
