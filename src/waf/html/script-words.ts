/** Names of the browser's script environment that attacks reach for; lower case. */
import { beginningTable } from '../characters.ts';
import { wordSet } from '../words.ts';

/** Functions of the global object that show a dialogue, run a text as script, load or send. */
export const GLOBAL_CALLS = wordSet(`
  alert confirm prompt print eval execscript settimeout setinterval setimmediate
  fetch import importscripts atob btoa postmessage msgbox open write writeln
`);
/** Those that are English words as well: in prose a blank stands in front of the bracket. */
export const ENGLISH_CALLS = wordSet('alert confirm prompt print fetch import open write');
/** Those that prove a hole by themselves and are handed around as values. */
export const PROOF_CALLS = wordSet('alert confirm prompt eval print settimeout setinterval');
/** Names whose use proves a hole, or sends away what it yields; pages and their links rarely do. */
export const PROOFS = wordSet(`
  alert confirm prompt eval execscript msgbox fetch import importscripts atob cookie domain fromcharcode
  fromcodepoint sendbeacon xmlhttprequest globaleval innerhtml outerhtml insertadjacenthtml createcontextualfragment
`);
/** Classes that run script or send requests once they are made. */
export const CLASSES = wordSet(
  'function image xmlhttprequest websocket eventsource worker activexobject option',
);
/** Methods that build pages, scripts or texts that hide one. */
export const METHODS = wordSet(`
  fromcharcode fromcodepoint createelement createcontextualfragment insertadjacenthtml appendchild getscript
  globaleval domeval sendbeacon writeln execcommand navigate parsehtml
`);
/** Names of the global object, and words for it inside of functions. */
export const GLOBALS = wordSet(
  'window self top parent frames globalthis this content opener view contentwindow defaultview',
);
/** What leads on from `document` to secrets or to the page itself. */
export const DOCUMENT_MEMBERS = wordSet(`
  cookie domain location write writeln body documentelement createelement defaultview referrer url documenturi
  queryselector getelementbyid scripts forms head
`);
/** What an attack assigns to an address besides texts. */
export const ADDRESS_SOURCES = wordSet(
  'name window self top parent document location atob unescape decodeuri',
);
/** Properties of which an assignment parses mark-up. */
export const MARKUP_PROPERTIES = wordSet('innerhtml outerhtml srcdoc');
/** Words of the language in front of a bracket that make no call. */
export const KEYWORDS = wordSet(`
  if for while switch catch function return typeof void in of instanceof delete throw case new else do await yield
  with var let const async super
`);

/** Words that the rules name one by one, and `on` for all handlers. */
const SINGLE_WORDS = wordSet('on document location href constructor call apply bind');

/** Says by `beginningOf` whether any of these words begins so; it spares most words of a text a copy. */
export const WORD_BEGINNINGS: Uint8Array = beginningTable([
  ...GLOBAL_CALLS,
  ...PROOF_CALLS,
  ...CLASSES,
  ...METHODS,
  ...GLOBALS,
  ...DOCUMENT_MEMBERS,
  ...ADDRESS_SOURCES,
  ...MARKUP_PROPERTIES,
  ...KEYWORDS,
  ...SINGLE_WORDS,
]);
