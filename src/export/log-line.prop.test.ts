import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { capText, formatJsonLine, formatReadableLine } from './log-line.ts';

const hostileText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 3000 }),
  fc.string({ unit: fc.constantFrom('\n', '\r', '"', '\\', ' ', '=', '\u2028', '\u0000', 'a', '\ud83d') }),
);

function lineWith(value: string, list: readonly string[]) {
  return {
    wallMs: 0,
    level: 'warn',
    component: 'c',
    event: 'Something happened',
    fields: { value, list, last: 'end' },
  } as const;
}

describe('log lines', () => {
  it('are one line of visible ASCII, whatever the values', () => {
    fc.assert(
      fc.property(hostileText, fc.array(hostileText, { maxLength: 3 }), (value, list) => {
        for (const format of [formatReadableLine, formatJsonLine]) {
          assert.match(format(lineWith(value, list)), /^[\x20-\x7e]+\n$/);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('give every value back from JSON', () => {
    fc.assert(
      fc.property(hostileText, (value) => {
        assert.equal(JSON.parse(formatJsonLine(lineWith(value, []))).value, capText(value));
      }),
      { numRuns: 200 },
    );
  });

  it('have the same fields in readable form, whatever the values', () => {
    fc.assert(
      fc.property(hostileText, fc.array(hostileText, { maxLength: 3 }), (value, list) => {
        assert.deepEqual(readKeys(formatReadableLine(lineWith(value, list))), [
          'value',
          'list',
          'last',
          'component',
        ]);
      }),
      { numRuns: 200 },
    );
  });
});

/** Reads the keys as a careful consumer would: a value is quoted with escapes, or bare up to a space. */
function readKeys(line: string): string[] {
  const head = '1970-01-01T00:00:00.000Z WARN: Something happened';
  assert.ok(line.startsWith(head));
  const keys: string[] = [];
  const rest = line
    .slice(head.length, -1)
    .replace(/ ([a-z]+)=("(?:[^"\\]|\\.)*"|[^ "]+)/g, (_, key: string) => {
      keys.push(key);
      return '';
    });
  assert.equal(rest, '');
  return keys;
}
