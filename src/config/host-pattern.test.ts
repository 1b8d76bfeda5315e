import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatHostPattern, parseHostPattern } from './host-pattern.ts';

describe('parseHostPattern', () => {
  const read: readonly (readonly [string, string])[] = [
    ['www.Example.ORG', 'www.example.org'],
    ['*.Example.org', '*.example.org'],
    ['192.0.2.7', '192.0.2.7'],
    ['2001:DB8:0::1', '2001:db8::1'],
    ['[2001:db8::1]', '2001:db8::1'],
    ['xn--bcher-kva.example', 'xn--bcher-kva.example'],
  ];
  for (const [text, form] of read) {
    it(`reads ${text}`, () => {
      const pattern = parseHostPattern(text);
      assert.equal(pattern.ok && formatHostPattern(pattern.value), form);
    });
  }

  const refused: readonly (readonly [string, string | null])[] = [
    ['*', 'leave hosts out to answer to any host'],
    ['a.*.example', 'a * stands alone in front of the first dot'],
    ['*example.org', 'a * stands alone in front of the first dot'],
    ['example.org:443', 'write "example.org"'],
    ['https://example.org/', 'write "example.org"'],
    ['example.org.', 'write "example.org"'],
    ['bücher.example', 'write "xn--bcher-kva.example"'],
    ['1.2.3', null],
    ['*.192.0.2.7', null],
    ['a b', null],
    ['', null],
  ];
  for (const [text, suggestion] of refused) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      const pattern = parseHostPattern(text);
      assert.ok(!pattern.ok);
      assert.equal(pattern.fault.suggestion, suggestion);
    });
  }
});
