/** What letters mean behind a backslash in C and JavaScript: `n` a line feed, `t` a tabulator. */

const CONTROLS = Uint8Array.from({ length: 256 }, (_, code) => {
  const place = 'abtnvfr'.indexOf(String.fromCharCode(code));
  // BEL, BS, HT, LF, VT, FF and CR follow each other in ASCII.
  return place < 0 ? code : 0x07 + place;
});

/** The control character that the letter stands for; any other byte stands for itself. */
export function controlFor(letter: number): number {
  return CONTROLS[letter]!;
}
