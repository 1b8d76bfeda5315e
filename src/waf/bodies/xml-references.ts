/**
 * References in XML (XML 1.0 sections 4.1 and 4.6): the five predefined entities and characters by number. Any other
 * entity would need a DTD, which is where expansion bombs and external entities come from: it stays as written and is
 * reported.
 */
import { showText } from './body-parser.ts';
import { utf8Text } from './utf8-text.ts';

const PREDEFINED: ReadonlyMap<string, string> = new Map([
  ['lt', '<'],
  ['gt', '>'],
  ['amp', '&'],
  ['quot', '"'],
  ['apos', "'"],
]);
/** Characters between `&` and `;` that are looked at. */
const NAME_CHARACTERS_MAX = 64;
const NUMBER = /^#(?:[0-9]{1,10}|x[0-9a-fA-F]{1,8})$/;

export interface ResolvedText {
  readonly text: string;
  /** One sentence about the first reference that was not resolved, or null. */
  readonly fault: string | null;
}

/** @param text character data or an attribute's value, bytes as latin-1 text */
export function resolveReferences(text: string): ResolvedText {
  let ampersand = text.indexOf('&');
  if (ampersand === -1) return { text, fault: null };
  const pieces: string[] = [];
  let fault: string | null = null;
  let start = 0;
  while (ampersand !== -1) {
    const window = text.slice(ampersand + 1, ampersand + 2 + NAME_CHARACTERS_MAX);
    const semicolon = window.indexOf(';');
    const name = semicolon === -1 ? window : window.slice(0, semicolon);
    const character = semicolon === -1 ? null : resolve(name);
    if (character === null) fault ??= `The XML document refers to the entity ${showText(name)}.`;
    else {
      pieces.push(text.slice(start, ampersand), character);
      start = ampersand + 2 + semicolon;
    }
    ampersand = text.indexOf('&', Math.max(start, ampersand + 1));
  }
  pieces.push(text.slice(start));
  return { text: pieces.join(''), fault };
}

function resolve(name: string): string | null {
  const predefined = PREDEFINED.get(name);
  if (predefined !== undefined) return predefined;
  if (!NUMBER.test(name)) return null;
  const code = name[1] === 'x' ? Number.parseInt(name.slice(2), 16) : Number.parseInt(name.slice(1), 10);
  return isCharacter(code) ? utf8Text(code) : null;
}

/** The characters that XML 1.0 allows (production 2). */
function isCharacter(code: number): boolean {
  if (code < 0x20) return code === 0x09 || code === 0x0a || code === 0x0d;
  return code <= 0xd7ff || (code >= 0xe000 && code <= 0xfffd) || (code >= 0x10000 && code <= 0x10ffff);
}
