/** The full-width forms U+FF01 to U+FF5E of ASCII: for origins that fold them (best-fit code pages, NFKC). */
import { escapeOctet, escapeText } from '../attack.ts';
import { encoding, type Mutation } from '../mutation.ts';

export const fullWidth: readonly Mutation[] = [
  encoding('full-width-utf8', (payload) => widened(payload, inUtf8)),
  encoding('full-width-percent-u', (payload) => widened(payload, (code) => `%u${code.toString(16)}`)),
];

const DISTANCE = 0xfee0;
const SPECIAL = /[!-/:-@[-`{-~]/g;

/** Special characters only: letters that are folded are not part of any keyword before. */
function widened(payload: string, write: (code: number) => string): string | null {
  if (payload.search(SPECIAL) === -1) return null;
  return payload.replace(/./gs, (char) =>
    char.search(SPECIAL) === -1 ? escapeText(char) : write(char.charCodeAt(0) + DISTANCE),
  );
}

function inUtf8(code: number): string {
  return Buffer.from(String.fromCharCode(code), 'utf8').toString('latin1').replace(/./gs, escapeOctet);
}
