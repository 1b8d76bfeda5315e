/**
 * Purpose: serialised objects, which run code of their classes when an origin reads them.
 * Input: decoded names, values and headers.
 * Result: `code-serialised` for objects of PHP, Java (plain, in base64 and hexadecimal), .NET, Python (pickle), YAML
 *   with types of a language, and JSON that names a class to load.
 * Example: `O:8:"stdClass":0:{}`, `rO0ABXNy…`, `!!python/object/apply:os.system`.
 * Known misses: objects that are compressed or encrypted first.
 */
import { CRITICAL, type Rule } from '../family.ts';
import { COLON, CONTROL, HIGH, QUOTE, SERIAL_WORD } from '../marks.ts';
import { patternFamily, VALUES_AND_HEADERS } from './pattern-family.ts';

const SERIALISED: Rule = {
  id: 'code-serialised',
  label: 'CODE_INJECTION',
  message: 'a serialised object',
  score: CRITICAL,
};

const PHP = /(?:^|[;{}|:=&\s"'])[OC]:\+?\d{1,6}:\\?["'][\w\\]{1,128}\\?["']:\+?\d{1,6}:[{s]/;
const YAML = /!!(?:python\/(?:object|name|module)|javax\.|java\.|ruby\/object)/;
const JSON_CLASS = /"@type"\s{0,4}:\s{0,4}"(?:com\.sun|java|org\.apache|ch\.qos)/;
const ENCODED = /(?:^|[=:,\s"'])rO0AB[A-Za-z0-9+/]|^AAEAAAD\/{2}/;
const PICKLE =
  /^c(?:os|posix|nt|subprocess|__builtin__|builtins|commands)\s{1,2}(?:system|popen|eval|exec|Popen|getoutput)\s/;

export const serialisedObjects = patternFamily([
  on(PHP, COLON | QUOTE, 0),
  on(JSON_CLASS, COLON | QUOTE, 0),
  on(YAML, COLON, 0),
  on(ENCODED, 0, SERIAL_WORD),
  on(PICKLE, CONTROL, 0),
  on(/^\xac\xed/, HIGH, 0),
]);

function on(pattern: RegExp, classes: number, words: number) {
  return { rule: SERIALISED, pattern, classes, words, places: VALUES_AND_HEADERS };
}
