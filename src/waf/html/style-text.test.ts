import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ACTIVE_STYLE_TEXT, gradeStyle, LOADING_STYLE, PLAIN_STYLE } from './style-text.ts';

describe('gradeStyle', () => {
  const cases: readonly (readonly [string, number])[] = [
    ['width:expression(f())', ACTIVE_STYLE_TEXT],
    ['x:e/**/xpr/*a*/ession(f())', ACTIVE_STYLE_TEXT],
    ['x:\\000065xpression(f())', ACTIVE_STYLE_TEXT],
    ['x:\\expression(f())', ACTIVE_STYLE_TEXT],
    ['a:b;behavior : url(x)', ACTIVE_STYLE_TEXT],
    ['p{-moz-binding:url(x)}', ACTIVE_STYLE_TEXT],
    ['background:url("java\nscript:f()")', ACTIVE_STYLE_TEXT],
    ['@import "data:text/css,x"', ACTIVE_STYLE_TEXT],
    ["-o-link:'javascript:f()'", ACTIVE_STYLE_TEXT],
    ['@import url(//host/x.css)', LOADING_STYLE],
    ['scroll-behavior:smooth', PLAIN_STYLE],
    ['background:url(https://host/x.png)', PLAIN_STYLE],
    ['background:url(data:image/svg+xml;base64,x)', PLAIN_STYLE],
    ['width:calc(1px + 2px)', PLAIN_STYLE],
  ];
  for (const [style, grade] of cases) {
    it(`gives ${JSON.stringify(style)} grade ${grade}`, () => assert.equal(gradeStyle(style), grade));
  }
});
