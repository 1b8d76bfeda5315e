/**
 * The words of a statement: separated by blanks, or in quotation marks. Inside `"..."` the pair `\"` stands for a
 * quotation mark; every other backslash is kept, for regular expressions have their own use for it. Linear.
 */
import { fail, ok, type Result } from '../../core/result.ts';

/** Splits a statement; fails with a sentence where a quotation mark is left open. */
export function splitWords(text: string): Result<readonly string[], string> {
  const words: string[] = [];
  let index = skipBlanks(text, 0);
  while (index < text.length) {
    const quote = text[index];
    if (quote === '"' || quote === "'") {
      const end = findClosingQuote(text, index + 1, quote);
      if (end === -1)
        return fail(`A text that begins with ${quote} is not closed: add the missing ${quote}.`);
      if (end + 1 < text.length && !isBlank(text[end + 1])) {
        return fail(
          `Text follows a closing ${quote} at once: put a blank between them, or write \\${quote}.`,
        );
      }
      words.push(unescapeQuotes(text.slice(index + 1, end), quote));
      index = end + 1;
    } else {
      const start = index;
      while (index < text.length && !isBlank(text[index])) index += 1;
      words.push(text.slice(start, index));
    }
    index = skipBlanks(text, index);
  }
  return ok(words);
}

/** Where the next quotation mark stands that an even number of backslashes precedes; -1 where there is none. */
export function findClosingQuote(text: string, from: number, quote: string): number {
  let escaped = false;
  for (let index = from; index < text.length; index += 1) {
    const char = text[index];
    if (escaped) escaped = false;
    else if (char === '\\') escaped = true;
    else if (char === quote) return index;
  }
  return -1;
}

/** Takes the backslash away from each escaped quotation mark, and from nothing else. */
export function unescapeQuotes(text: string, quote: string): string {
  return text.includes(quote) ? text.replaceAll(`\\${quote}`, quote) : text;
}

function skipBlanks(text: string, from: number): number {
  let index = from;
  while (index < text.length && isBlank(text[index])) index += 1;
  return index;
}

function isBlank(char: string | undefined): boolean {
  return char === ' ' || char === '\t';
}
