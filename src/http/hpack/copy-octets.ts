/** Copies octets between buffers; short runs, of which fields mostly consist, without a call into the runtime. */

/** Up to here a loop is faster than the runtime's copy. */
const LOOP_MAX = 24;

/** Copies `from[start, end)` to `to` at `at`, where it must have room. */
export function copyOctets(from: Buffer, start: number, end: number, to: Buffer, at: number): void {
  if (end - start > LOOP_MAX) {
    from.copy(to, at, start, end);
    return;
  }
  for (let source = start, target = at; source < end; source++, target++) to[target] = from[source]!;
}
