/**
 * A response head made fit for the client where it stands: lines that end at this hop are cut out by moving
 * what is before them, so the head still ends where the body begins and both leave in one piece. Nothing is
 * made into text.
 */
import { RESPONSE_DROPPED } from './hop-by-hop.ts';
import type { ResponseHead } from './response-head.ts';

/**
 * Edits an `editable` head in the octets that it was read from; returns the position where it begins now.
 * Afterwards the head's text must not be asked for.
 */
export function editResponseHead(head: ResponseHead): number {
  const { bytes, base, offsets, kinds, count, end } = head.fields;
  let runEnd = base + end;
  let target = runEnd;
  for (let i = count - 1; i >= 0; i--) {
    if (RESPONSE_DROPPED[kinds[i]!] === 0) continue;
    const lineEnd = i + 1 < count ? base + offsets[(i + 1) * 4]! : base + end;
    target -= runEnd - lineEnd;
    if (target !== lineEnd && runEnd > lineEnd) bytes.copyWithin(target, lineEnd, runEnd);
    runEnd = base + offsets[i * 4]!;
  }
  target -= runEnd - base;
  if (target !== base) bytes.copyWithin(target, base, runEnd);
  return target;
}
