/** ASCII in two, three and four octets of UTF-8 where one would do: for decoders that do not check (RFC 3629). */
import { escapeOctet, escapeText } from '../attack.ts';
import { encoding, type Mutation } from '../mutation.ts';

export const overlongUtf8: readonly Mutation[] = [
  encoding('overlong-2', (payload) => overlong(payload, 2)),
  encoding('overlong-3', (payload) => overlong(payload, 3)),
  encoding('overlong-4', (payload) => overlong(payload, 4)),
];

const MARKUP_CHARACTERS = /[<>"'`()/\\.;=&|$%#]/;

/** Of the characters that mean something; letters are sent as they are. */
function overlong(payload: string, octets: number): string | null {
  if (!MARKUP_CHARACTERS.test(payload)) return null;
  return payload.replace(/./gs, (char) =>
    MARKUP_CHARACTERS.test(char) ? sequence(char.charCodeAt(0), octets) : escapeText(char),
  );
}

function sequence(code: number, octets: number): string {
  const first = [0, 0, 0xc0, 0xe0, 0xf0][octets] ?? 0;
  const tail = [0x80 | (code & 0x3f)];
  let rest = code >> 6;
  for (let count = octets - 2; count > 0; count -= 1) {
    tail.unshift(0x80 | (rest & 0x3f));
    rest >>= 6;
  }
  return [first | rest, ...tail].map((octet) => escapeOctet(String.fromCharCode(octet))).join('');
}
