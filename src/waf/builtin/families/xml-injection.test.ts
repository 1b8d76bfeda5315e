import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { builtinOf, judgeBody, judgeHead, queryWith } from '../testing/judging.ts';

const rules = builtinOf();

const ATTACKS = [
  '<!DOCTYPE foo [<!ENTITY xxe SYSTEM "file:///etc/passwd">]><foo>&xxe;</foo>',
  '<!DOCTYPE r [<!ENTITY % p SYSTEM "http://h/x.dtd"> %p;]>',
  '<!DOCTYPE r SYSTEM "http://h/x.dtd">',
  '<!DOCTYPE r PUBLIC "x" "http://h/x.dtd">',
  '<!DOCTYPE lolz [<!ENTITY a "aaa"><!ENTITY b "&a;&a;">]>',
  '<x xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include parse="text" href="file:///etc/passwd"/></x>',
  "<xsl:value-of select=\"php:function('system','id')\"/>",
  '<?xml version="1.0"?><!DOCTYPE\nx\n[<!ENTITY\tx\tPUBLIC "a" "file:///x">]><x/>',
];

describe('XML that makes a parser do more than parse', () => {
  for (const text of ATTACKS) {
    it(`blocks ${text.slice(0, 60)}`, () => {
      assert.ok(judgeHead(rules, queryWith(text)).score >= 5);
      assert.ok(judgeBody(rules, `<?xml version="1.0"?>${text}`, 'application/xml').score >= 5);
      assert.ok(judgeBody(rules, text, 'text/plain').score >= 5);
      assert.ok(judgeBody(rules, JSON.stringify({ xml: text }), 'application/json').score >= 5);
    });
  }

  const honest: readonly (readonly [string, string])[] = [
    [
      'application/xml',
      '<?xml version="1.0" encoding="UTF-8"?><order id="1"><item>Tea &amp; milk</item></order>',
    ],
    [
      'text/xml',
      '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body/></soap:Envelope>',
    ],
    [
      'application/xml',
      '<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd"><plist/>',
    ],
    ['text/plain', '<!DOCTYPE html><html lang="en"><body>Hello</body></html>'],
    [
      'application/xml',
      '<feed xmlns="http://www.w3.org/2005/Atom"><title>News</title><link href="https://example.com/"/></feed>',
    ],
  ];
  for (const [type, text] of honest) {
    it(`leaves ${text.slice(0, 60)}`, () => {
      const { score, matches } = judgeBody(rules, text, type);
      assert.ok(score < 5, matches.map(({ ruleId }) => ruleId).join());
    });
  }
});
