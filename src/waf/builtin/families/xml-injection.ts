/**
 * Purpose: XML that makes a parser read files, fetch addresses or grow without end.
 * Input: any decoded text.
 * Result: `xml-entity` for the declaration of an entity; `xml-doctype` for a document type with an own subset or
 *   address, apart from those of HTML; `xml-include` for XInclude; `xml-stylesheet` for extension functions of XSLT.
 * Example: `<!ENTITY x SYSTEM "file:///etc/passwd">`, `<xi:include href="…"/>`.
 * Known misses: documents in UTF-16 or UTF-7, which reach the rules as the bytes that they are.
 */
import { CRITICAL, type Rule, WARNING } from '../family.ts';
import { ANGLE } from '../marks.ts';
import { ALL_PLACES, patternFamily } from './pattern-family.ts';

const ENTITY = rule('xml-entity', CRITICAL, 'the declaration of an XML entity');
const DOCTYPE = rule('xml-doctype', CRITICAL, 'a document type with own declarations or an address to load');
const EMPTY_DOCTYPE = rule('xml-doctype-name', WARNING, 'a document type other than HTML');
const INCLUDE = rule('xml-include', CRITICAL, 'an XML inclusion');
const STYLESHEET = rule('xml-stylesheet', CRITICAL, 'an XSLT extension that runs code or reads files');

export const xmlInjection = patternFamily([
  on(
    ENTITY,
    /<!ENTITY\s{1,16}(?:%\s{0,16}|%{0,2}\s{1,16})?[^\s<>"']{1,64}\s{1,16}(?:SYSTEM\b|PUBLIC\b|["'])/i,
  ),
  on(ENTITY, /<!ENTITY\b[^<>]{0,64}(?:SYSTEM|PUBLIC)\b/i),
  on(
    DOCTYPE,
    /<!DOCTYPE\s{1,16}[^\s<>[\]"']{1,64}\s{0,16}(?:\[|SYSTEM\s{1,16}["'](?!about:legacy)|PUBLIC\s{1,16}["'](?!-\/\/(?:W3C|WAPFORUM|IETF|APPLE)|\/\/W3C)[^"'<>]{0,96}["']\s{0,16}["'])/i,
  ),
  on(EMPTY_DOCTYPE, /<!DOCTYPE\s{1,16}(?!html|svg|plist|xbel|wml|math)[a-z]\w{0,31}\s{0,8}>/i),
  on(INCLUDE, /<[a-z0-9]{1,8}:include\s[^<>]{0,96}href|http:\/\/www\.w3\.org\/2001\/xinclude/i),
  on(
    STYLESHEET,
    /<xsl:(?:value-of|copy-of|include|import|variable)\s[^<>]{0,96}(?:document\s{0,4}\(|unparsed-text|system-property|php:function|php:functionstring|java:|runtime:|rt:exec|href\s{0,4}=)|<msxsl:script|xmlns:\w{1,16}\s{0,4}=\s{0,4}["'](?:http:\/\/xml\.apache\.org\/xalan\/java|urn:schemas-microsoft-com:xslt|http:\/\/php\.net\/xsl)/i,
  ),
]);

function rule(id: string, score: number, message: string): Rule {
  return { id, label: 'XML_INJECTION', message, score };
}

function on(found: Rule, pattern: RegExp) {
  return { rule: found, pattern, classes: ANGLE, words: 0, places: ALL_PLACES };
}
