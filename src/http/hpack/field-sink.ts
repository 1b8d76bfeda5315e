/** Where a decoder puts the fields of a block, one call each. */

export interface FieldSink {
  /** Octets of the longest line (`name: value CRLF`) that the sink might still take; longer ones are `overlong`. */
  readonly lineBytesMax: number;
  /**
   * One field, valid during the call only. `bytes[nameStart, valueEnd + 2)` is always one line, `name: value CRLF`,
   * though its name and value are whatever octets the peer sent.
   *
   * @param mark 0, or what the sink returned for the same name and value before
   * @returns what is worth keeping with the name and value, and depends on nothing else; 0 for nothing. All sinks
   * of one decoder must agree on what a mark means.
   */
  field(
    bytes: Buffer,
    nameStart: number,
    nameEnd: number,
    valueStart: number,
    valueEnd: number,
    mark: number,
  ): number;
  /** A field longer than `lineBytesMax`, which was read over. */
  overlong(): void;
}

/** For blocks of which only the table's changes matter, such as those of refused streams. */
export const NO_SINK: FieldSink = {
  lineBytesMax: 0,
  field: (_bytes, _nameStart, _nameEnd, _valueStart, _valueEnd, mark) => mark,
  overlong: () => undefined,
};
