/**
 * Text of octets one to one, as HTTP heads need it: each octet becomes the code unit of the same number.
 *
 * Both runtimes have the direct method behind `toString('latin1')`, which the type definitions leave out;
 * calling it saves the choice by encoding name on each call.
 */
declare global {
  interface Buffer {
    latin1Slice(start: number, end: number): string;
    latin1Write(text: string, offset: number, length: number): number;
  }
}

/** The octets `bytes[start, end)` as text. */
export function sliceLatin1(bytes: Buffer, start: number, end: number): string {
  return bytes.latin1Slice(start, end);
}

/** Writes `text` at `offset`, where it must fit. */
export function writeLatin1(bytes: Buffer, text: string, offset: number): void {
  bytes.latin1Write(text, offset, text.length);
}
