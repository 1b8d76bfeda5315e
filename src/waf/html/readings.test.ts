import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { otherReadings } from './readings.ts';

describe('otherReadings', () => {
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ['plain \\n text', []],
    ['\\x3cb\\u003e\\u{3c}\\74\\x00c', ['<b><<c']],
    ['+ADw-b+AD4-', ['<b>']],
    ['+ADwAYgA+-', ['<b>']],
    ['1 +ABCDEF- 2', []],
    ['\xef\xbc\x9cb\xef\xbc\x9e\xef\xbd\x81', ['<b>a']],
    ['\xbcb\xbe', ['<b>']],
    ['\xc2\xbcb', []],
  ];
  for (const [text, expected] of cases) {
    it(`reads ${JSON.stringify(text)}`, () => assert.deepEqual(otherReadings(text), expected));
  }
});
