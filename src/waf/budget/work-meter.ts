/** Long work in slices, so that whoever waits for it may end it. */

export interface WorkMeter {
  /** Counts work, in units of about a nanosecond. False once it is time to stop: the answer is then not used. */
  spend(units: number): boolean;
}

/** Bytes of a text that are read without asking. */
export const SLICE_BYTES = 4096;
/** What a slice counts as at most: so much that a meter looks at its clock. */
export const SLICE_UNITS = 1 << 16;

/** Whether it is time to ask again. @param read bytes of a text that were read so far */
export function isSliceEnd(read: number): boolean {
  return read % SLICE_BYTES === SLICE_BYTES - 1;
}
