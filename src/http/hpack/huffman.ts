/**
 * Decodes Huffman strings (RFC 7541 section 5.2), a symbol per look-up for all that is common.
 *
 * A tree of nodes with 256 entries each: eight bits of input pick an entry, which is a symbol with the bits that it
 * took, or the node that the next eight bits are looked up in. Four steps reach the longest code, so the work is
 * linear in the encoded octets, whatever they are.
 */
import { CODES, EOS } from './huffman-code.ts';

const NODE_SIZE = 256;

/**
 * The nodes one after the other. An entry over 0 is a symbol and, above its eight bits, the bits used of this
 * step; below 0 it is the place of the next node, negated; 0 is EOS, which no string may hold.
 */
const NODES: Int16Array = buildNodes();

/**
 * Decodes `bytes[start, end)` to `out` from `at`. Returns where the decoded text ends, or -1 where the padding is no
 * prefix of EOS, is longer than seven bits, or EOS is in the text. What has no room in `out` is counted, not stored.
 */
export function decodeHuffman(
  bytes: Uint8Array,
  start: number,
  end: number,
  out: Uint8Array,
  at: number,
): number {
  let written = at;
  let node = 0;
  let window = 0;
  let bits = 0;
  for (let position = start; position < end; position++) {
    window = ((window << 8) | bytes[position]!) & 0xffff;
    bits += 8;
    while (bits >= 8) {
      const entry = NODES[node + ((window >> (bits - 8)) & 0xff)]!;
      if (entry > 0) {
        // A write past the end of a typed array does nothing.
        out[written++] = entry & 0xff;
        bits -= entry >> 8;
        node = 0;
      } else if (entry < 0) {
        node = -entry;
        bits -= 8;
      } else {
        return -1;
      }
    }
  }
  while (bits > 0) {
    const entry = NODES[node + ((window << (8 - bits)) & 0xff)]!;
    if (entry <= 0 || entry >> 8 > bits) break;
    out[written++] = entry & 0xff;
    bits -= entry >> 8;
    node = 0;
  }
  const padding = (1 << bits) - 1;
  return node === 0 && (window & padding) === padding ? written : -1;
}

function buildNodes(): Int16Array {
  const nodes: number[] = new Array<number>(NODE_SIZE).fill(0);
  for (const { symbol, code, bits } of CODES) {
    if (symbol === EOS) continue;
    let node = 0;
    let left = bits;
    for (; left > 8; left -= 8) {
      const place = node + ((code >> (left - 8)) & 0xff);
      if (nodes[place] === 0) {
        nodes[place] = -nodes.length;
        for (let i = 0; i < NODE_SIZE; i++) nodes.push(0);
      }
      node = -nodes[place]!;
    }
    const first = node + ((code << (8 - left)) & 0xff);
    nodes.fill((left << 8) | symbol, first, first + (1 << (8 - left)));
  }
  return Int16Array.from(nodes);
}
