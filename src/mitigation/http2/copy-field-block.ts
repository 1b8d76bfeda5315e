/** A field block that outlives the message it was read from. */
import { FieldBlock } from '../../http/field-block.ts';

export function copyFieldBlock(block: FieldBlock): FieldBlock {
  const { count, base, end } = block;
  const copy = new FieldBlock(count);
  copy.offsets.set(block.offsets.subarray(0, count * 4));
  copy.kinds.set(block.kinds.subarray(0, count));
  copy.count = count;
  copy.canonical = block.canonical;
  copy.start = block.start;
  copy.end = end;
  const bytes = Buffer.from(block.bytes.subarray(base, base + end));
  copy.settle(bytes, 0, bytes.length);
  return copy;
}
