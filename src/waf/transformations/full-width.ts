/**
 * The byte that stands for a UTF-16 code unit where a decoder has room for one byte: full-width forms of ASCII
 * (U+FF01 to U+FF5E) are read as the character that they look like, since programs behind code pages do so, and of
 * everything else the low byte stays.
 *
 *     U+0041 -> A      U+FF1C -> <      U+0127 -> '
 */
export function narrowUnit(unit: number): number {
  return unit >= 0xff01 && unit <= 0xff5e ? unit - 0xfee0 : unit & 0xff;
}
