import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ParsedBody } from './parsed-body.ts';
import { LIMITS, readWhole } from './testing/bodies.ts';
import { XmlParser } from './xml.ts';

function parse(text: string, limits = {}, complete = true): ParsedBody {
  return readWhole(new XmlParser({ ...LIMITS, ...limits }), text, complete);
}

describe('the XML parser', () => {
  it('gives texts, trimmed, and the values of attributes', () => {
    const body = parse('<?xml version="1.0"?>\n<a b="1" c=\'2\'>\n <d> x y </d><e f="3"/>tail\n</a>\n');
    assert.deepEqual(body.xmlTexts, ['x y', 'tail']);
    assert.deepEqual(body.xmlAttributes, ['1', '2', '3']);
    assert.equal(body.fault, null);
  });

  it('joins text around CDATA and comments', () => {
    assert.deepEqual(parse('<a>un<![CDATA[ion <se]]>le<!-- no -->ct</a>').xmlTexts, ['union <select']);
  });

  it('resolves the predefined entities and numbers, once', () => {
    const body = parse('<a b="&quot;&#x3C;">&lt;&#115;&amp;lt;&apos;&gt;</a>');
    assert.deepEqual(body.xmlTexts, ["<s&lt;'>"]);
    assert.deepEqual(body.xmlAttributes, ['"<']);
    assert.equal(body.fault, null);
  });

  it('reports a DOCTYPE, keeps it as text and reads on', () => {
    const doctype = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd"><!-- ] -->]>';
    const body = parse(`${doctype}<a>&x; after</a>`);
    assert.match(body.fault?.message ?? '', /DOCTYPE/);
    assert.equal(body.fault?.kind, 'syntax');
    assert.ok(body.xmlTexts.join('|').includes('file:///etc/passwd'));
    assert.ok(body.xmlTexts.join('|').includes('after'));
  });

  it('reports any other entity by name and reads on', () => {
    const body = parse('<a>before &xxe; after</a>');
    assert.match(body.fault?.message ?? '', /xxe/);
    assert.deepEqual(body.xmlTexts, ['before &xxe; after']);
    for (const text of ['<a>&#0;</a>', '<a>&#xD800;</a>', '<a>& b</a>', '<a>&#99999999;</a>']) {
      assert.equal(parse(text).fault?.kind, 'syntax', text);
    }
  });

  it('refuses what could be read in two ways', () => {
    for (const text of [
      '<a><b></a></b>',
      '<a></a><b/>',
      '<a/>text',
      'text<a/>',
      '<a b=c/>',
      '<a b="1" b="2"/>',
      '<a b="1"c="2"/>',
      '<a b="<"/>',
      '<a <b/>',
      '<1/>',
      '<>',
      '<a></a x="1">',
      '<a><!-- -- --></a>',
      '<a><!--- x ---></a>',
      '<a><!ELEMENT x></a>',
      '</a>',
      '<![CDATA[x]]><a/>',
      '<a>\u0001</a>',
      '<?xml version="1.0" encoding="UTF-7"?><a/>',
      '<?xml version="1.0" encoding="IBM037"?><a/>',
    ]) {
      assert.equal(parse(text).fault?.kind, 'syntax', text);
    }
  });

  it('keeps what follows a fault as one text', () => {
    const body = parse('<a>x<b c=<script>alert(1)</script></a>');
    assert.equal(body.xmlTexts.at(-1), '<b c=<script>alert(1)</script></a>');
  });

  it('does not take hyphens of its start for the end of a comment', () => {
    assert.deepEqual(parse('<a><!-->x--></a>').xmlTexts, []);
  });

  it('says that a document has no end, and keeps its last piece', () => {
    for (const [text, last] of [
      ['<a>uni', 'uni'],
      ['<a><![CDATA[uni', '![CDATA[uni'],
      ['<a b="uni', 'a b="uni'],
      ['<a><!-- uni', '!-- uni'],
    ] as const) {
      const body = parse(text, {}, false);
      assert.equal(body.fault?.kind, 'truncated', text);
      assert.equal(body.xmlTexts.at(-1), last);
    }
    assert.equal(parse('').fault?.kind, 'truncated');
    assert.equal(parse('<a/>').fault, null);
  });

  it('bounds depth and count', () => {
    assert.equal(parse('<a>'.repeat(100_000)).fault?.kind, 'limit');
    assert.equal(parse('<a><b/></a>', { depthMax: 2 }).fault, null);
    const body = parse('<a><b>1</b><b>2</b><b>3</b><b>4</b></a>', { argumentsMax: 2 });
    assert.equal(body.fault?.kind, 'limit');
    assert.deepEqual(body.xmlTexts.slice(0, 2), ['1', '2']);
    assert.ok(body.xmlTexts.join('').includes('4'));
  });
});
