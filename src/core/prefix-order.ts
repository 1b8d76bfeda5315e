/**
 * The order in which a prefix set keeps its prefixes: by first address, the shorter first where that is equal.
 *
 * A radix sort, least significant part first. It is linear, so that a feed of a million prefixes is ready in half
 * a second where comparing objects takes five, and stable, so that of two equal prefixes the one that was
 * listed first stays in front.
 */
import { isIpv4, type Prefix } from './ip.ts';

/** Columns of a sort key: the four address words and the prefix length. */
const COLUMNS = 5;
const LENGTH_COLUMN = 4;
const DIGITS = 1 << 16;

/** Indexes of one family's prefixes in sorted order, of equal prefixes only the first. */
export function sortPrefixOrder(prefixes: readonly Prefix[], ipv4: boolean): Int32Array {
  const members = familyMembers(prefixes, ipv4);
  const keys = familyKeys(prefixes, members);
  const ends = new Int32Array(DIGITS + 1);
  let order = new Int32Array(members.length);
  let spare = new Int32Array(members.length);
  for (let row = 0; row < order.length; row++) order[row] = row;
  // The leading words of IPv4 keys are all the same.
  for (let column = LENGTH_COLUMN; column >= (ipv4 ? LENGTH_COLUMN - 1 : 0); column--) {
    for (let shift = 0; shift < (column === LENGTH_COLUMN ? 16 : 32); shift += 16) {
      distribute(keys, column, shift, ends, order, spare);
      [order, spare] = [spare, order];
    }
  }
  let count = 0;
  for (let at = 0; at < order.length; at++) {
    if (at === 0 || !sameKey(keys, order[at - 1]!, order[at]!)) spare[count++] = members[order[at]!]!;
  }
  return spare.slice(0, count);
}

function familyMembers(prefixes: readonly Prefix[], ipv4: boolean): Int32Array {
  const members = new Int32Array(prefixes.length);
  let count = 0;
  for (let index = 0; index < prefixes.length; index++) {
    if (isIpv4(prefixes[index]!.words) === ipv4) members[count++] = index;
  }
  return members.subarray(0, count);
}

function familyKeys(prefixes: readonly Prefix[], members: Int32Array): Int32Array {
  const keys = new Int32Array(members.length * COLUMNS);
  for (let row = 0; row < members.length; row++) {
    const { words, bits } = prefixes[members[row]!]!;
    for (let word = 0; word < 4; word++) keys[row * COLUMNS + word] = words[word]!;
    keys[row * COLUMNS + LENGTH_COLUMN] = bits;
  }
  return keys;
}

/** One pass: writes the rows of `order` to `sorted` by 16 bits of one column, equal ones in their old order. */
function distribute(
  keys: Int32Array,
  column: number,
  shift: number,
  ends: Int32Array,
  order: Int32Array,
  sorted: Int32Array,
): void {
  ends.fill(0);
  for (let row = 0; row < order.length; row++) {
    const digit = (keys[row * COLUMNS + column]! >>> shift) & (DIGITS - 1);
    ends[digit + 1] = ends[digit + 1]! + 1;
  }
  for (let digit = 0; digit < DIGITS; digit++) ends[digit + 1] = ends[digit + 1]! + ends[digit]!;
  for (let at = 0; at < order.length; at++) {
    const row = order[at]!;
    const digit = (keys[row * COLUMNS + column]! >>> shift) & (DIGITS - 1);
    sorted[ends[digit]!] = row;
    ends[digit] = ends[digit]! + 1;
  }
}

function sameKey(keys: Int32Array, left: number, right: number): boolean {
  for (let column = 0; column < COLUMNS; column++) {
    if (keys[left * COLUMNS + column] !== keys[right * COLUMNS + column]) return false;
  }
  return true;
}
