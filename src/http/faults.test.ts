import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { REASONS } from '../core/reasons.ts';
import * as faults from './faults.ts';

describe('faults', () => {
  const codes = Object.values(faults).filter(
    (value) => typeof value === 'number' && value < faults.NEED_MORE,
  );

  it('have one entry each', () => {
    assert.equal(new Set(codes).size, codes.length);
    assert.equal(new Set(codes.map((code) => faults.faultOf(Number(code)))).size, codes.length);
  });

  const statuses: readonly (readonly [string, number, number])[] = [
    ['a request line', faults.BAD_REQUEST_LINE, 400],
    ['a field', faults.BAD_FIELD_NAME, 400],
    ['a fold', faults.OBSOLETE_FOLD, 400],
    ['a line end', faults.BARE_LINE_END, 400],
    ['Host', faults.BAD_HOST, 400],
    ['Content-Length', faults.BAD_CONTENT_LENGTH, 400],
    ['conflicting framing', faults.CONFLICTING_FRAMING, 400],
    ['Transfer-Encoding', faults.BAD_TRANSFER_ENCODING, 400],
    ['a chunk', faults.BAD_CHUNK, 400],
    ['a body that may not be', faults.BODY_NOT_ALLOWED, 400],
    ['TRACE and CONNECT', faults.METHOD_NOT_SERVED, 405],
    ['the target length', faults.TARGET_TOO_LONG, 414],
    ['an expectation', faults.BAD_EXPECTATION, 417],
    ['the version of WebSocket', faults.UPGRADE_VERSION, 426],
    ['the size of the header', faults.HEADER_TOO_LARGE, 431],
    ['the number of fields', faults.TOO_MANY_FIELDS, 431],
    ['an unknown transfer coding', faults.UNKNOWN_TRANSFER_ENCODING, 501],
    ['the version', faults.UNSUPPORTED_VERSION, 505],
  ];
  for (const [what, code, status] of statuses) {
    it(`answers a fault of ${what} with ${status}`, () =>
      assert.equal(REASONS[faults.faultOf(code).reason].status, status));
  }
});
