import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EXTENSION_START, isExtensionEnd, nextExtensionState } from './chunk-extension.ts';
import { octets } from './testing/read.ts';

function accepts(text: string): boolean {
  let state = EXTENSION_START;
  for (const octet of octets(text)) {
    state = nextExtensionState(state, octet);
    if (state < 0) return false;
  }
  return isExtensionEnd(state);
}

describe('chunk extensions (RFC 9112 §7.1.1)', () => {
  const accepted: readonly string[] = [
    ...[
      ';a',
      ';a=b',
      ';a="b"',
      ';a=""',
      ';a;b',
      ';a=b;c="d";e',
      ' ;a',
      '\t;a',
      '; a',
      ' ; a = b ; c',
      ';a\t=\t"b"',
    ],
    ...[
      ';a="b c"',
      ';a="\t"',
      ';a=";"',
      ';a="\\""',
      ';a="\\\\"',
      ';a="\\a"',
      ';a="\xe4"',
      ';a="\\\xe4"',
      ";!#$%&'*+-.^_`|~0=1",
    ],
    ...[';a="chunked\\"0"', ';a="x" ;b', ';a  ;b'],
  ];
  for (const text of accepted) it(`accepts ${JSON.stringify(text)}`, () => assert.equal(accepts(text), true));

  const refused: readonly string[] = [
    ...[
      '',
      ' ',
      '\t',
      ';',
      ';;',
      ';;a',
      ';a;',
      ';a=',
      ';a= ',
      ';=',
      ';=b',
      ';a==b',
      ';a=b=c',
      'a',
      '=a',
      '"a"',
      ' a',
    ],
    ...[
      ';a b',
      ';a=b c',
      ';a="b',
      ';a="b\\',
      ';a="b"c',
      ';a=b"c"',
      ';a="b""c"',
      ";a='b c'",
      ';a ',
      ';a=b ',
      ';a="b" ',
      ';a\t',
    ],
    ...[
      ';a="b\0"',
      ';a="b\x7f"',
      ';a="\\\0"',
      ';\0',
      ';a=\0',
      ';a\0',
      ';\xe4',
      ';a=\xe4',
      ';a="\n"',
      ';a="\r\n"',
      ';a\n',
      ';a\r',
      ';(a)',
      ';a,b',
    ],
    ...['\x0b;a', ';\x0ba', '\xa0;a'],
  ];
  for (const text of refused) it(`refuses ${JSON.stringify(text)}`, () => assert.equal(accepts(text), false));
});
