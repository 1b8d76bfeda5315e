import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  addressScript,
  DATA_ADDRESS,
  DOCUMENT_ADDRESS,
  isPlaceholder,
  OLD_SCRIPT_ADDRESS,
  PICTURE_ADDRESS,
  PLAIN_ADDRESS,
  readAddress,
  SCRIPT_ADDRESS,
  WRAPPER_ADDRESS,
} from './addresses.ts';

describe('readAddress', () => {
  const cases: readonly (readonly [string, number])[] = [
    ['javascript:x', SCRIPT_ADDRESS],
    ['  "JAVASCRIPT:x', SCRIPT_ADDRESS],
    ['\0java\t\nscript\r:x', SCRIPT_ADDRESS],
    ['feed:javascript:x', SCRIPT_ADDRESS],
    ['vbscript:x', OLD_SCRIPT_ADDRESS],
    ['data:text/html,x', DOCUMENT_ADDRESS],
    ['data: text/html ;base64,x', DOCUMENT_ADDRESS],
    ['data:image/svg+xml,x', PICTURE_ADDRESS],
    ['data:image/png,x', PLAIN_ADDRESS],
    ['data:application/pdf,x', DATA_ADDRESS],
    ['mhtml:http://x', WRAPPER_ADDRESS],
    ['https://x/javascript:y', PLAIN_ADDRESS],
    ['javascript', PLAIN_ADDRESS],
    ['a_javascript:1', PLAIN_ADDRESS],
    [':x', PLAIN_ADDRESS],
  ];
  for (const [text, kind] of cases) {
    it(`takes ${JSON.stringify(text)} for kind ${kind}`, () => assert.equal(readAddress(text).kind, kind));
  }
});

describe('addressScript', () => {
  it('undoes percent escapes behind the scheme', () => {
    const text = 'javascript:%61(%31)';
    assert.equal(addressScript(text, readAddress(text).codeStart), 'a(1)');
  });
});

describe('isPlaceholder', () => {
  for (const script of [
    '',
    ';',
    'void(0)',
    'void(0);',
    ' void 0',
    '(void)',
    'return false;',
    '//',
    '#',
    "''",
  ]) {
    it(`knows ${JSON.stringify(script)}`, () => assert.equal(isPlaceholder(script), true));
  }
  for (const script of ['f()', 'void(0);f()', 'void(f())', 'name', 'x']) {
    it(`refuses ${JSON.stringify(script)}`, () => assert.equal(isPlaceholder(script), false));
  }
});
