import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { detectXss, findXss } from './detect-xss.ts';

/** The score of the strongest finding and the rule behind it. */
function grade(text: string): readonly [number, string] {
  const [finding] = findXss(text);
  return finding === undefined ? [0, ''] : [finding.score, finding.rule.id];
}

const PROOFS: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  'script elements': [
    ['<script>x()</script>', 'xss-script-tag'],
    ['<ScRiPt src=//host/x.js>', 'xss-script-tag'],
    ['<script/x>', 'xss-script-tag'],
    ['<script', 'xss-script-tag'],
    ['<s\0cript>', 'xss-script-tag'],
    ['<y:script xmlns:y="z">', 'xss-script-tag'],
    ['<<script>', 'xss-script-tag'],
    ['<scr<script>ipt>', 'xss-script-tag'],
    ['<a title="<script>', 'xss-script-tag'],
    ['x</script><b>', 'xss-script-tag'],
    ['</style></textarea>', 'xss-script-tag'],
  ],
  'handlers in tags of any name': [
    ['<unknown onanything=f()>', 'xss-event-handler'],
    ['<svg/onload=f()>', 'xss-event-handler'],
    ['<img/src=x/onload=f()>', 'xss-event-handler'],
    ['<img src=x onerror=f()//', 'xss-event-handler'],
    ['<img src="x"onerror=f()>', 'xss-event-handler'],
    ['<img alt=">" onerror=f()>', 'xss-event-handler'],
    ['<a\nonclick\n=\nf()>', 'xss-event-handler'],
    ['<a onclick\0=f()>', 'xss-event-handler'],
    ['<a onclick\x0b=f()>', 'xss-event-handler'],
    ['<b x=`a`onclick=f()>', 'xss-event-handler'],
    ['<img src= onerror="f()">', 'xss-event-handler'],
    ['<noscript><p title="</noscript><img src=x onerror=f()>">', 'xss-event-handler'],
    ['<style><img title="</style><img src=x onerror=f()>">', 'xss-event-handler'],
    ['<p @click=alert(1)>', 'xss-event-handler'],
    ["<p ng-init=constructor.constructor('x')()>", 'xss-event-handler'],
  ],
  'handlers without a tag of their own': [
    ['x onerror=alert(1)', 'xss-event-handler'],
    ['onfocus="alert(1)"></p>', 'xss-event-handler'],
    ['" onmouseover=alert(1) x="', 'xss-event-handler'],
    ["'onclick=alert`1`//", 'xss-event-handler'],
    ['a" b="c" onclick="prompt&lpar;1&rpar;"', 'xss-event-handler'],
    ['[i]">x[/i]" onclick=alert(1) "', 'xss-event-handler'],
    ['` onclick=alert(1)', 'xss-event-handler'],
    ['x onerror=alert;throw 1', 'xss-event-handler'],
  ],
  addresses: [
    ['javascript:alert(1)', 'xss-script-url'],
    [' java\nscript\t:\talert(1)', 'xss-script-url'],
    ['&#106;avascript&colon;alert(1)', 'xss-script-url'],
    ['javascript:%61lert(1)', 'xss-script-url'],
    ['vbscript:msgbox(1)', 'xss-script-url'],
    ['data:text/html,<b>', 'xss-script-url'],
    ['<a href=javascript:f()>', 'xss-script-url'],
    ['<a href="\x01javascript:alert(1)">', 'xss-script-url'],
    ['<p><a href="view-source:javascript:alert(1)">', 'xss-script-url'],
    ['<form><button formaction=javas&Tab;cript:alert(1)>', 'xss-script-url'],
    ['<svg><set attributeName=x to=javascript:alert(1)>', 'xss-script-url'],
    ['<iframe src="data:image/svg+xml,x">', 'xss-script-url'],
    ['" href="javascript:alert(1)', 'xss-script-url'],
  ],
  'active elements': [
    ['<object data=x>', 'xss-active-tag'],
    ['<embed src=x>', 'xss-active-tag'],
    ['<base href=//host/>', 'xss-active-tag'],
    ['<iframe srcdoc=x>', 'xss-active-tag'],
    ['<iframe src=//host/>', 'xss-active-tag'],
    ['<meta http-equiv="refresh" content="1">', 'xss-active-tag'],
    ['<meta charset="utf-7">', 'xss-active-tag'],
    ['<svg><animate attributeName=onclick to=x>', 'xss-active-tag'],
    ['<link rel=stylesheet href=//host/x.css>', 'xss-active-tag'],
  ],
  styles: [
    ['<p style="x:expression(f())">', 'xss-style'],
    ['<p style="x:exp/**/ression(f())">', 'xss-style'],
    ['<p style="x:\\65 xpression(f())">', 'xss-style'],
    ['<p style="behavior:url(x)">', 'xss-style'],
    ['<style>b{-moz-binding:url(x)}</style>', 'xss-style'],
    ['<style>@import"//host/x";', 'xss-style'],
    ['" style="background:url(javascript:f())', 'xss-style'],
  ],
  declarations: [
    ['<!ENTITY x SYSTEM "y">', 'xss-declaration'],
    ['<!DOCTYPE x [ ', 'xss-declaration'],
    ['<!DOCTYPE x SYSTEM "y">', 'xss-declaration'],
    ['<?import namespace="t">', 'xss-declaration'],
  ],
  'ways out of strings of script': [
    ["';alert(1)//", 'xss-script-call'],
    ['"-alert(1)-"', 'xss-script-call'],
    ["'/confirm(1)/'", 'xss-script-call'],
    ["'in(prompt(1))in'", 'xss-script-call'],
    ["\\';alert(1)//", 'xss-script-call'],
    ['"}]);alert?.(1)//', 'xss-script-call'],
    ['`+alert(1)+`', 'xss-script-call'],
    [`\${alert(1)}`, 'xss-script-call'],
    ["');new Function('x')()//", 'xss-script-call'],
    ["';onerror=eval;throw 'x'//", 'xss-script-call'],
    ["';location='//host'//", 'xss-script-call'],
    ["'+document.cookie+'=", 'xss-script-call'],
    ["';[1].find(alert)//", 'xss-script-call'],
    ["';(()=>{x})()//", 'xss-script-call'],
  ],
  'script by itself': [
    [';alert(1);', 'xss-script-code'],
    ['alert(1)//', 'xss-script-code'],
    ["top['al'+'ert'](1)", 'xss-script-code'],
    ['self["eval"](x)', 'xss-script-code'],
    ['\\u0061lert(1)', 'xss-script-code'],
    ['[].constructor.constructor("x")()', 'xss-script-code'],
    [`[].map.call\`\${eval}x\``, 'xss-script-code'],
    ['[][(![]+[])[+[]]+(![]+[])[+!+[]]]', 'xss-script-code'],
  ],
  'template expressions': [
    ["{{constructor.constructor('x')()}}", 'xss-template-code'],
    ["a {{x}} {{$on.constructor('x')()}}", 'xss-template-code'],
    ['{{alert(1)}}', 'xss-template-code'],
  ],
  'other readings': [
    ['\\x3cscript\\x3e', 'xss-script-tag'],
    ['\\u003cimg onerror=f()\\u003e', 'xss-event-handler'],
    ['+ADw-script+AD4-', 'xss-script-tag'],
    ['\xef\xbc\x9cscript\xef\xbc\x9e', 'xss-script-tag'],
    ['\xbcscript\xbe', 'xss-script-tag'],
  ],
};

const HINTS: readonly (readonly [string, number])[] = [
  ['<a href="javascript:void(0)">', 2],
  ['javascript:openMenu(1)', 3],
  ['javascript:window.print()', 3],
  ['<p>some words more than few</p><a href="javascript:openMenu(1)">', 4],
  ['<?xml version="1.0"?><stock><item onHand="3">', 4],
  [';(function () { var a = document.createElement("b")', 3],
  ['JavaScript: The Good Parts', 2],
  ['<iframe src="https://host/embed/1"></iframe>', 3],
  ['see alert(1) in the manual', 3],
  ['alert(1)', 4],
  ['</script>', 4],
  ["<img src='//host/?", 2],
  ['" onclick=openMenu(1)', 4],
];

const HONEST: readonly string[] = [
  ...[
    'a < b and c > d',
    'x <3 y',
    'if (a<b && c>d) { once = 1 }',
    'List<Object> a = new ArrayList<Object>()',
  ],
  ...['<scripture>', 'the script tag', '<!-- note -->', '<br/>', 'Fish & Chips <fish@host>'],
  ...[
    '<p class="a">Hi <b>there</b> <img src="https://host/a.png" alt="x > y"></p>',
    '<a href="/a?b=c&d=e">x</a>',
  ],
  ...[
    '<span style="color:red;scroll-behavior:smooth">x</span>',
    '<p once="1">',
    '<a name="onward" rel=only>',
  ],
  ...[
    '<!DOCTYPE html>',
    '<!DOCTYPE html PUBLIC "-//W3C//DTD HTML 4.01//EN" "http://host/x.dtd">',
    '<?xml version="1.0"?>',
  ],
  ...[
    '["<#document","[","<!DOCTYPE",":name","<SCRIPT",":src","https://host/x.js"]',
    '<meta name="x" content="y">',
  ],
  ...[
    'onload=captchaReady&render=explicit',
    'onlineStatus=true',
    'window.onload',
    'div > button[onclick="x()"]',
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
    '"a" confirm ("b")',
    '{"confirm":"prompt (x)"}',
  ],
  ...[
    "don't; won't (ever)",
    '"x" one=two(three)',
    "rock 'n' roll; import duty",
    'role=alert',
    'a=print,email',
  ],
  ...[
    'Hello {{name}}, {{ order.total | currency }}',
    '{{#if x}}{{format(date)}}{{/if}}',
    '{{ document.title }}',
    'query { a { b } }',
  ],
  ...[
    'TypeError: x is not a function\n    at f (https://host/a.js:1:2)\n    at <anonymous>',
    '$5 (was "10")',
  ],
  ...["' or 1=1--", 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0=', 'https://host/?onload=init', ''],
];

describe('findXss', () => {
  for (const [family, attacks] of Object.entries(PROOFS)) {
    describe(`proves ${family}`, () => {
      for (const [text, rule] of attacks) {
        it(JSON.stringify(text), () => assert.deepEqual(grade(text), [5, rule]));
      }
    });
  }

  for (const [text, score] of HINTS) {
    it(`gives ${JSON.stringify(text)} a score of ${score}`, () => assert.equal(grade(text)[0], score));
  }

  for (const text of HONEST) {
    it(`leaves ${JSON.stringify(text)}`, () => assert.deepEqual(findXss(text), []));
  }

  it('tells where a finding stands and in which context', () => {
    const [finding] = findXss('abc" onclick="alert(1)');
    assert.equal(finding?.context, 'double-quoted-value');
    assert.equal(finding?.start, 5);
    assert.equal(finding?.kind, 'handler');
  });

  it('reports the strongest hint alone', () => {
    const findings = findXss(
      '<p>some words more than few</p><a href="javascript:;"> <iframe src="https://host"></iframe>',
    );
    assert.deepEqual(
      findings.map(({ rule, score }) => [rule.id, score]),
      [['xss-active-tag', 3]],
    );
  });

  it('reports what adds up together', () => {
    const findings = findXss('<p>some words more than few</p><a href="javascript:f()"><b onclick=f>');
    assert.deepEqual(
      findings.map(({ rule, score }) => [rule.id, score]),
      [
        ['xss-script-url', 4],
        ['xss-event-handler', 4],
      ],
    );
  });
});

describe('detectXss', () => {
  const risky = [
    '<svg>',
    '<p style="a:b">',
    '<link href=x>',
    '<applet>',
    '<!--[if IE]>',
    'a onfocus=b',
    '<a onabc=>',
  ];
  for (const text of risky) {
    it(`matches ${JSON.stringify(text)}, whatever it is for`, () => assert.notEqual(detectXss(text), null));
  }

  for (const text of [
    '<b>x</b>',
    '<!DOCTYPE html>',
    'alert(1)',
    'javascript:void(0)',
    'onload=init',
    "';x()//",
    '',
  ]) {
    it(`leaves ${JSON.stringify(text)}`, () => assert.equal(detectXss(text), null));
  }
});

describe('script that stands alone', () => {
  const shown = [
    '[1].find(alert)',
    '(()=>alert(1))()',
    "fetch('//h/?'+document.cookie)",
    'a="x";b="y";c="z";eval(a+b+c)',
  ];
  for (const text of shown) it(`is nearly sure: ${text}`, () => assert.ok(grade(text)[0] >= 4));

  const prose = [
    'we call alert(1) here',
    'the function eval(a) is bad',
    'document.cookie, what is that?',
    'eval(a+b)',
  ];
  for (const text of prose) it(`is not, between words: ${text}`, () => assert.ok(grade(text)[0] < 5));
});
