/**
 * validateByteRange: matches values with a byte outside the argument's list of bytes and ranges, decimal, which
 * commas separate.
 *
 *     @validateByteRange 9,10,13,32-126    on "a\0b": matches the NUL
 */
import { fail, ok, type Result } from '../../core/result.ts';
import { lowercase } from '../transformations/lowercase.ts';
import type { OperatorDefinition } from './operator.ts';
import { spanMatch } from './operator-match.ts';

const RANGE = /^\s*(\d{1,3})(?:\s*-\s*(\d{1,3}))?\s*$/;

export const validateByteRange: OperatorDefinition = {
  name: 'validatebyterange',
  compile(argument) {
    const allowed = readBytes(argument);
    if (!allowed.ok) return allowed;
    const bytes = allowed.value;
    return ok({
      needed: othersOf(bytes),
      test: (value) => findOther(value, bytes) >= 0,
      match: (value) => {
        const at = findOther(value, bytes);
        return at < 0 ? null : spanMatch(value, at, at + 1);
      },
    });
  },
};

/** 1 for every byte that the list names. */
function readBytes(list: string): Result<Uint8Array, string> {
  const bytes = new Uint8Array(256);
  for (const item of list.split(',')) {
    const range = RANGE.exec(item);
    const first = Number(range?.[1] ?? Number.NaN);
    const last = Number(range?.[2] ?? first);
    if (!(first <= last && last <= 255)) {
      return fail(`"${item.slice(0, 64)}" is not a byte from 0 to 255 nor a range of bytes such as 32-126`);
    }
    bytes.fill(1, first, last + 1);
  }
  return ok(bytes);
}

/** Every byte that the list does not name. */
function othersOf(allowed: Uint8Array): readonly string[] {
  const others = new Set<string>();
  for (let byte = 0; byte < allowed.length; byte++) {
    if (allowed[byte] !== 1) others.add(lowercase(String.fromCharCode(byte)));
  }
  return [...others];
}

function findOther(value: string, allowed: Uint8Array): number {
  for (let at = 0; at < value.length; at++) {
    if (allowed[value.charCodeAt(at)] !== 1) return at;
  }
  return -1;
}
