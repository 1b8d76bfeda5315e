/** Tokens as one line for people: what a finding consists of, without the client's text. */
import * as t from './token-kinds.ts';
import type { TokenStream } from './token-stream.ts';

/** Tokens shown; the rest is an ellipsis. */
const SHOWN_MAX = 16;

const NAMES: Readonly<Record<number, string>> = {
  [t.END]: 'end',
  [t.CUT]: 'comment',
  [t.OTHER]: '?',
  [t.NUMBER]: 'number',
  [t.STRING]: 'string',
  [t.OPEN_STRING]: 'open-string',
  [t.VARIABLE]: 'variable',
  [t.NAME]: 'name',
};
const SYSTEM_DETAILS: Readonly<Record<number, string>> = {
  [t.NAME_FUNCTION]: 'function',
  [t.NAME_TELLING]: 'telling-function',
  [t.NAME_CATALOGUE]: 'catalogue',
  [t.NAME_PROCEDURE]: 'procedure',
};

/** Literals and names by their kind, keywords and signs as they are: `number or number = number comment`. */
export function foldedForm(stream: TokenStream, count: number): string {
  const words: string[] = [];
  for (let index = 0; index < Math.min(count, SHOWN_MAX); index += 1) {
    const kind = stream.kind(index);
    if (kind === t.END) break;
    const special = kind === t.NAME ? SYSTEM_DETAILS[stream.detail(index)] : undefined;
    words.push(special ?? NAMES[kind] ?? stream.word(index));
  }
  return count > SHOWN_MAX ? `${words.join(' ')} …` : words.join(' ');
}
