/**
 * Client text inside of log lines. A line stays a line and a quoted value stays quoted, whatever a client sends:
 * control characters, quotation marks, backslashes and octets beyond ASCII are written as escapes, and every text is cut.
 */
import { isUtf8 } from 'node:buffer';

const NAMED: ReadonlyMap<string, string> = new Map([
  ['"', '\\"'],
  ['\\', '\\\\'],
  ['\b', '\\b'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
  ['\v', '\\v'],
]);

/**
 * @param text bytes as latin-1 text
 * @param charactersMax characters of `text` that are shown; the result may be four times as long
 */
export function escapeLog(text: string, charactersMax: number): string {
  return cutText(text, charactersMax).replace(/[^ !#-[\]-~]/g, escapeCharacter);
}

/** Text of at most that many characters; says so where it was cut. */
export function cutText(text: string, charactersMax: number): string {
  return text.length <= charactersMax ? text : `${text.slice(0, charactersMax)}...`;
}

/** Bytes as text for formats that carry Unicode: as UTF-8 where they are that, else each as one character. */
export function readableText(text: string): string {
  const bytes = Buffer.from(text, 'latin1');
  return isUtf8(bytes) ? bytes.toString('utf8') : text;
}

function escapeCharacter(character: string): string {
  return NAMED.get(character) ?? `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
}
