import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { markText } from '../marks.ts';
import { xss } from './xss.ts';

function ruleOf(text: string): string | null {
  const marks = markText(text);
  return xss.mayMatch(marks, 'argument') ? (xss.find(text, 'argument', marks)?.rule.id ?? null) : null;
}

describe('xss', () => {
  const attacks: readonly (readonly [string, string])[] = [
    ['<script>', 'xss-script-tag'],
    ['<SCRIPT src=//host>', 'xss-script-tag'],
    ['<script', 'xss-script-tag'],
    ['<script/x>', 'xss-script-tag'],
    ['</script>', 'xss-script-tag'],
    ['<svg:script>', 'xss-script-tag'],
    ['<scr<script>ipt>', 'xss-script-tag'],
    ['<a title="><script>', 'xss-script-tag'],
    ['<svg onload=alert(1)>', 'xss-event-handler'],
    ['<svg/onload=alert(1)>', 'xss-event-handler'],
    ['<svg\nonload\n=alert(1)>', 'xss-event-handler'],
    ['<img src=x onerror=alert(1)//', 'xss-event-handler'],
    ['<img src="x"onerror=alert(1)>', 'xss-event-handler'],
    ['<img alt=">" onerror=alert(1)>', 'xss-event-handler'],
    ['<x onanythingnew=1>', 'xss-event-handler'],
    ['" onmouseover=alert(1) x="', 'xss-event-handler'],
    ['" autofocus onfocus=alert`1` x="', 'xss-event-handler'],
    ["'onclick=alert(1)//", 'xss-event-handler'],
    ['javascript:alert(1)', 'xss-script-url'],
    [' JavaScript:alert`1`', 'xss-script-url'],
    ['java\tscri\npt:alert(1)', 'xss-script-url'],
    ['javascript:void(0);alert(1)', 'xss-script-url'],
    ['javascript:;alert(1)', 'xss-script-url'],
    ['vbscript:msgbox(1)', 'xss-script-url'],
    ['data:text/html,<b>', 'xss-script-url'],
    ['data:text/html;base64,PGI+', 'xss-script-url'],
    ['<a href=javascript:alert(1)>', 'xss-script-url'],
    ['<a href="  javascript:alert(1)">', 'xss-script-url'],
    ['<animate attributeName=href to="javascript:alert(1)">', 'xss-script-url'],
    ['<object data=x>', 'xss-active-tag'],
    ['<base href=//host/>', 'xss-active-tag'],
    ['<iframe srcdoc=x>', 'xss-active-tag'],
    ["';alert(1)//", 'xss-script-call'],
    ['"-alert(1)-"', 'xss-script-call'],
    ["'});prompt`1`//", 'xss-script-call'],
    ["'+document.cookie+'", 'xss-script-call'],
    ['"; document.write(1)', 'xss-script-call'],
  ];
  for (const [text, rule] of attacks) {
    it(`matches ${JSON.stringify(text)}`, () => assert.equal(ruleOf(text), rule));
  }

  const honest = [
    ...[
      'a < b and c > d',
      'x <3 y',
      'if (a<b && c>d) { once = 1 }',
      'List<Object> a = new ArrayList<Object>()',
    ],
    ...['Map<Base, String>', '<scripture>', 'the script tag', 'description: a script', '<!-- note -->', '<3'],
    ...['<p class="a">Hi <b>there</b> <img src="a.png" alt="x > y"><br/></p>', '<a href="/a?b=c&d=e">x</a>'],
    ...[
      '<a href="javascript:void(0)">',
      '<a href="javascript:;" class="x">',
      '<p once="1">',
      '<iframe src="/map">',
    ],
    ...[
      'javascript:void(0)',
      'javascript:void(0);',
      'JavaScript: The Good Parts (2008)',
      'javascript: what is it?',
    ],
    ...[
      'data:image/png;base64,iVBORw0',
      'data:text/plain,hello',
      'metadata:text',
      'on = off',
      '"carry on"=yes',
    ],
    ...[
      'He said "alert (the guard)"',
      "it's an import (or not)",
      '"a" confirm("b")',
      '{"confirm":"prompt(x)"}',
    ],
    ...["don't; won't (ever)", '"x" one=two(three)', "rock 'n' roll; import duty", "'quoted' on top=(shelf)"],
  ];
  for (const text of honest) {
    it(`leaves ${JSON.stringify(text)}`, () => assert.equal(ruleOf(text), null));
  }
});
