/** Text of others on a terminal: it must not move the cursor or forge lines. */

/** The text with everything that is not seen written out, but for line ends where `lines` says so. */
export function printable(text: string, lines = false): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => {
    return lines && character === '\n' ? character : `\\u{${character.codePointAt(0)!.toString(16)}}`;
  });
}
