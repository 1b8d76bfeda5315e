import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { detectSql } from './detect-sql.ts';

const SHORT = 16_384;
const TIMES_LONGER = 4;
/** Twice the growth of linear work, and a pause of the machine. */
const GROWTH_MAX = 2 * TIMES_LONGER;
const PAUSE_MS = 40;

function milliseconds(text: string): number {
  const start = performance.now();
  detectSql(text);
  return performance.now() - start;
}

/** The best of three, since only the machine makes one slower than another. */
function best(text: string): number {
  return Math.min(...[0, 1, 2].map(() => milliseconds(text)));
}

describe('a row of comments', () => {
  for (const piece of ['--union\n', '-- union\r\n', '#select\n', '/*or*/', '/*!and*/', '\r\n--() { :;};']) {
    it(`is walked once, however many words in it begin a reading: ${JSON.stringify(piece)}`, () => {
      const short = piece.repeat(SHORT / piece.length);
      const long = short.repeat(TIMES_LONGER);
      assert.ok(best(long) <= best(short) * GROWTH_MAX + PAUSE_MS);
    });
  }
});
