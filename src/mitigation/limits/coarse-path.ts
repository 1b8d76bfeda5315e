/**
 * One form for all spellings of a path that any origin might take for the same: what limits count paths by.
 *
 *     /Login  //login  /./login  /%6cogin  /x/%2e%2e/login  /login;v=1  /login/   ->   /login
 *
 * Origins disagree about case, empty segments, path parameters, backslashes and doubly escaped octets. A
 * request that could choose between spellings would choose between allowances, so here all of them are one. Paths that
 * differ for a strict origin may meet as well; they then share an allowance, which is the safe side.
 */

/** Anything that needs more than a cut at the question mark. */
const SPECIAL = /[%\\;A-Z]|\/\/|\/\.|.\/$/;
const ESCAPE = /%[0-9a-f]{2}/gi;
/** Rounds of unescaping: origins behind a proxy of their own may undo escapes twice. */
const ROUNDS_MAX = 3;

/** @param target in origin form, as received */
export function coarsePath(target: string): string {
  const mark = target.indexOf('?');
  const path = mark === -1 ? target : target.slice(0, mark);
  return SPECIAL.test(path) ? fold(path) : path;
}

function fold(path: string): string {
  let text = path;
  for (let round = 0; round < ROUNDS_MAX && text.includes('%'); round++) {
    const unescaped = text.replace(ESCAPE, unescapeOctet);
    if (unescaped === text) break;
    text = unescaped;
  }
  const kept: string[] = [];
  for (const segment of text.toLowerCase().split(/[/\\]/)) {
    const parameter = segment.indexOf(';');
    const name = parameter === -1 ? segment : segment.slice(0, parameter);
    if (name === '..') kept.pop();
    else if (name !== '' && name !== '.') kept.push(name);
  }
  return `/${kept.join('/')}`;
}

function unescapeOctet(text: string): string {
  return String.fromCharCode(Number.parseInt(text.slice(1), 16));
}
