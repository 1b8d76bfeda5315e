/** 1 where an odd number of the byte's bits is set, else 0. */
export function parityOf(byte: number): number {
  const nibble = byte ^ (byte >> 4);
  const pair = nibble ^ (nibble >> 2);
  return (pair ^ (pair >> 1)) & 1;
}
