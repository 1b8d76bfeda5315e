/**
 * Elements and attributes of HTML, SVG, MathML and the dialects of old browsers that load, run or redirect, as far
 * as the tag says so by itself; handlers, addresses and styles are judged in any tag.
 */
import { wordSet } from '../words.ts';

/** Elements that a page's visitors rarely need to write, whatever their attributes say. */
export const RISKY_ELEMENTS = wordSet(`
  applet base bgsound embed fencedframe foreignobject frame frameset handler iframe ilayer import isindex layer link
  listener math meta noscript object plaintext portal style svg template vmlframe xml xmp
`);
/** Attributes with which an element loads a program or another page. */
export const LOADERS: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['applet', wordSet('code archive object codebase')],
  ['base', wordSet('href')],
  ['bgsound', wordSet('src')],
  ['embed', wordSet('src code')],
  ['event-source', wordSet('src')],
  ['fencedframe', wordSet('src')],
  ['frame', wordSet('src')],
  ['iframe', wordSet('src srcdoc')],
  ['ilayer', wordSet('src')],
  ['import', wordSet('implementation src')],
  ['layer', wordSet('src')],
  ['object', wordSet('data classid codebase code')],
  ['portal', wordSet('src')],
  ['vmlframe', wordSet('src')],
  ['xml', wordSet('src')],
]);

/** Of these, elements of browsers gone by, whose names other documents in XML have, too. */
export const OLD_LOADERS = wordSet('bgsound event-source ilayer import layer vmlframe xml');

/** Elements that show another page in a frame: videos and maps are embedded so, too. */
export const FRAMES = wordSet('iframe frame fencedframe portal');

/** Attributes of the animations of SVG that hold what is set. */
export const ANIMATION_VALUES = wordSet('from to by values');

/** Attributes that hold an address. */
export const ADDRESS_ATTRIBUTES = wordSet(`
  href src action formaction xlink:href data poster background dynsrc lowsrc from to by values content code codebase
  classid cite longdesc manifest profile usemap icon ping srcset archive handler folder actiontype value xml:base implementation
`);

/** Attributes of data islands, by which old browsers fill elements with mark-up from elsewhere. */
export const ISLAND_ATTRIBUTES = wordSet('datasrc datafld dataformatas');

/** Elements in which a `data:` picture is a document and runs its script. */
export const PICTURE_DOCUMENTS = wordSet('iframe frame object embed use a form area base portal animate set');

/** How attributes begin that client-side frameworks read as code. */
export const FRAMEWORK_PREFIXES: readonly string[] = [
  'ng-',
  'data-ng-',
  'x-on:',
  'x-init',
  'x-data',
  'x-html',
  'v-',
  '@',
  ':',
  'hx-on',
  'on:',
  '*ng',
  '(',
  '[',
];

/** Words of ordinary language and attributes that begin like an event. */
export const NOT_EVENTS = wordSet('once only online onset onto onward onwards');

/** Elements whose text is no mark-up: their end tag leads out of them. */
export const RAW_TEXT_ELEMENTS = wordSet(
  'script style title textarea xmp noscript noembed noframes iframe plaintext',
);
