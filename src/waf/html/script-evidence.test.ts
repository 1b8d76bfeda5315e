import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bracketProgramStart } from './bracket-program.ts';
import { findScript } from './script-evidence.ts';
import {
  DISGUISED_SCRIPT,
  NO_SCRIPT,
  PROVING_SCRIPT,
  STRONG_SCRIPT,
  WEAK_SCRIPT,
} from './script-strength.ts';

const CASES: readonly (readonly [string, number])[] = [
  ['some words (and more)', NO_SCRIPT],
  ['if (a) return (b)', NO_SCRIPT],
  ['f(1)', WEAK_SCRIPT],
  ['a.b[c](d)', WEAK_SCRIPT],
  ['console.alert(1)', WEAK_SCRIPT],
  ['alert(1)', PROVING_SCRIPT],
  ['alert /* x */ `1`', PROVING_SCRIPT],
  ['window.alert(1)', PROVING_SCRIPT],
  ['a=alert;', PROVING_SCRIPT],
  ['f(alert)', PROVING_SCRIPT],
  ['document.cookie', PROVING_SCRIPT],
  ['document.body', STRONG_SCRIPT],
  ['print(1)', STRONG_SCRIPT],
  ['location.href="x"', STRONG_SCRIPT],
  ['location=name', STRONG_SCRIPT],
  ['location==1', NO_SCRIPT],
  ['new Image', STRONG_SCRIPT],
  ['function(){}', NO_SCRIPT],
  ['Function("x")', PROVING_SCRIPT],
  ['(function(){})()', STRONG_SCRIPT],
  ['window[a](b)', STRONG_SCRIPT],
  ['window["a"+"b"]', DISGUISED_SCRIPT],
  ['a["constructor"](b)', DISGUISED_SCRIPT],
  ['a.constructor.constructor', DISGUISED_SCRIPT],
  ['a.call`b`', DISGUISED_SCRIPT],
];

describe('findScript', () => {
  for (const [text, strength] of CASES) {
    it(`takes ${JSON.stringify(text)} for strength ${strength}`, () => {
      assert.equal(findScript(text, 0, false).strength, strength);
    });
  }

  for (const text of ['import (and export)', 'role=alert', 'print, confirm, alert', 'a (prompt)']) {
    it(`takes ${JSON.stringify(text)} for prose`, () => {
      assert.equal(findScript(text, 0, true).strength < STRONG_SCRIPT, true);
    });
  }

  it('asks for a sign between the end of the string and the script', () => {
    assert.equal(findScript('a"-alert(1)', 0x22, false).isJoined, true);
    assert.equal(findScript('a" alert(1)', 0x22, false).isJoined, false);
    assert.equal(findScript('alert(1)', 0x22, false).strength, NO_SCRIPT);
  });
});

describe('bracketProgramStart', () => {
  it('finds programs of brackets alone', () => {
    assert.equal(bracketProgramStart('x=[][(![]+[])[+[]]]'), 2);
    assert.equal(bracketProgramStart('[[[[1,2],[3]],[[]]]] (a+b)'), -1);
  });
});
