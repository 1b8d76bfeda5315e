/**
 * Purpose: text that makes a careless origin run a further command, or look one up.
 * Input: any decoded text. In header values and the path, where `;` separates parameters, it separates no command.
 * Result: `command-chained` for a command behind a separator, or at the beginning with a system file as argument;
 *   `command-substitution` for one in `$(…)` or back quotes; `command-shell-variable` for `$IFS` and the network
 *   devices of shells; `command-function` for a function definition in a value; `command-lookup` for `${jndi:…}`
 *   and nested look-ups.
 * Example: `;cat /etc/passwd`, `127.0.0.1 && whoami`, `$(id)`, `() { :; }; id`, `${${lower:j}ndi:ldap://host}`.
 * Known misses: commands not listed in shell-commands.ts, names written with wildcards or variables (`/???/c?t`),
 *   `name;id` and other short names that could be a list, interpreters' own languages.
 *
 * Method: from separator to separator; behind each one the name is read without the quotes, backslashes and carets
 * that shells drop (`c''at`, `c\at`, `c^at`), and a bounded number of characters of what follows it.
 */
import {
  beginningOf,
  beginningTable,
  characterTable,
  isBlank,
  LETTERS_AND_DIGITS,
  skipBlanks,
} from '../characters.ts';
import { AMPERSAND, BACKTICK, CONTROL, DOLLAR, FILE_WORD, PAREN, PIPE, SEMICOLON } from '../marks.ts';
import type { Family, Finding, Place, Rule } from './family.ts';
import { COMMANDS, type CommandKind } from './shell-commands.ts';

const CHAINED: Rule = { id: 'command-chained', label: 'COMMAND_INJECTION' };
const SUBSTITUTION: Rule = { id: 'command-substitution', label: 'COMMAND_INJECTION' };
const SHELL_VARIABLE: Rule = { id: 'command-shell-variable', label: 'COMMAND_INJECTION' };
const FUNCTION: Rule = { id: 'command-function', label: 'COMMAND_INJECTION' };
const LOOKUP: Rule = { id: 'command-lookup', label: 'COMMAND_INJECTION' };

const SEPARATORS = PIPE | AMPERSAND | DOLLAR | BACKTICK | CONTROL;

const NEWLINE = 0x0a;
const DOLLAR_CODE = 0x24;
const AMPERSAND_CODE = 0x26;
const PAREN_OPEN = 0x28;
const SEMICOLON_CODE = 0x3b;
const GRAVE = 0x60;
const BAR = 0x7c;

const BLANKS_MAX = 16;
const NAME_CHARACTERS_MAX = 48;
const ARGUMENT_CHARACTERS_MAX = 64;
const SUBSTITUTION_CHARACTERS_MAX = 256;
/** Line breaks separate commands in short values only: a long one with lines is a text. */
const LINES_CHARACTERS_MAX = 256;

const FUNCTION_DEFINITION = /^\s{0,4}\(\)\s{0,4}\{/;
const IFS = /\$\{?IFS(?![A-Za-z_])/;
const NETWORK_DEVICE = /\/dev\/(?:tcp|udp)\//;
const LOOKUPS =
  /\$\{\s{0,4}jndi\s{0,4}:|\$\{[^{}]{0,48}\$\{\s{0,4}(?:(?:lower|upper|env|sys|java|date|base64):|::?-)|\$\{::?-/i;

const SYSTEM_FILE = /^(?:-\S{1,8} )?["']?\/(?:etc|proc)\//;
const ARGUMENT =
  /^(?:--?[a-z0-9]|["']?[~.]{0,2}\/[\w.*?]|["']?[a-z]:\\|\$[a-z_({@*]|\*|\d{1,3}\.\d{1,3}\.\d|[<>] ?[/&a-z])/i;
const WEB_ADDRESS = /^["']?(?:https?|ftp):\/\//i;
/** A number and nothing behind it. */
const DURATION = /^\d{1,6}s?\s{0,4}(?:$|[;|&`)\n#])/;
/** Nothing, or what ends a command. */
const COMMAND_END = /^\s{0,4}(?:$|[;|&`)\n#<>])/;
/** Only letters, digits and the signs that separate the entries of a list; digits do not begin it. */
const NAME_LIST = /^[a-z_][\w .,:;=|&-]{0,255}$/i;

/** A word, and perhaps blanks or the first of two separators. */
const ENDS_WITH_LETTER = /[a-z\x80-\xff][\s;|&]{0,16}$/i;

/** What names are made of; then folders, and the signs that shells drop inside names. */
const COMMAND_CHARACTERS = characterTable(`${LETTERS_AND_DIGITS}_.-`, `/'"\\^{`);
const PLAIN = 1;
const DROPPED = /['"\\^{]/g;
const COMMAND_BEGINNINGS = beginningTable(COMMANDS.keys());

const NO_COMMAND: Command = { name: '', end: 0 };

export const commandInjection: Family = {
  rules: [CHAINED, SUBSTITUTION, SHELL_VARIABLE, FUNCTION, LOOKUP],

  mayMatch(marks: number): boolean {
    return (marks & (SEPARATORS | SEMICOLON | PAREN | FILE_WORD)) !== 0;
  },

  find(text: string, place: Place, marks: number): Finding | null {
    if ((marks & PAREN) !== 0 && FUNCTION_DEFINITION.test(text)) return toFinding(FUNCTION, 0);
    if ((marks & DOLLAR) !== 0) {
      const variable = text.search(IFS);
      if (variable !== -1) return toFinding(SHELL_VARIABLE, variable);
      const lookup = text.search(LOOKUPS);
      if (lookup !== -1) return toFinding(LOOKUP, lookup);
    }
    const namesFile = (marks & FILE_WORD) !== 0;
    if (namesFile) {
      const device = text.search(NETWORK_DEVICE);
      if (device !== -1) return toFinding(SHELL_VARIABLE, device);
      if (readsSystemFile(text, readCommand(text, 0))) return toFinding(CHAINED, 0);
    }
    const separators = isParameterised(place) && !namesFile ? SEPARATORS : SEPARATORS | SEMICOLON;
    return (marks & separators) === 0 ? null : findCommand(text, place);
  },
};

/** In these places `;` belongs to the syntax. */
function isParameterised(place: Place): boolean {
  return place === 'header' || place === 'path';
}

function toFinding(rule: Rule, start: number): Finding {
  return { rule, start, end: start + ARGUMENT_CHARACTERS_MAX };
}

function findCommand(text: string, place: Place): Finding | null {
  let inGraves = false;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === GRAVE) {
      const end = endOfGraves(text, index);
      // Several in a row are a fence around program text.
      if (end > index + 1) index = end - 1;
      else if (!inGraves && isSubstituted(text, index)) return toFinding(SUBSTITUTION, index);
      else inGraves = !inGraves;
    } else if (code === DOLLAR_CODE) {
      const opens = text.charCodeAt(index + 1) === PAREN_OPEN;
      if (opens && isCommand(text, readCommand(text, index + 2))) return toFinding(SUBSTITUTION, index);
    } else if (isSeparator(code) && isChained(text, index, place)) {
      return toFinding(CHAINED, index);
    }
  }
  return null;
}

function isSeparator(code: number): boolean {
  return code === SEMICOLON_CODE || code === BAR || code === AMPERSAND_CODE || code === NEWLINE;
}

function endOfGraves(text: string, start: number): number {
  let end = start;
  while (text.charCodeAt(end) === GRAVE) end += 1;
  return end;
}

/** A command in back quotes that are the whole text or stand right behind something: prose quotes with blanks. */
function isSubstituted(text: string, at: number): boolean {
  if (!isCommand(text, readCommand(text, at + 1))) return false;
  const close = text.slice(at + 1, at + SUBSTITUTION_CHARACTERS_MAX).indexOf('`');
  if (close === -1) return false;
  const before = text.charCodeAt(at - 1);
  return at === 0 ? at + 1 + close === text.length - 1 : !isBlank(before) && before !== PAREN_OPEN;
}

/** Whether a command that tells an attack stands behind the separator at `at`. */
function isChained(text: string, at: number, place: Place): boolean {
  const separator = text.charCodeAt(at);
  const command = readCommand(text, at + 1);
  if (command === NO_COMMAND) return false;
  if (separator === SEMICOLON_CODE && isParameterised(place)) return readsSystemFile(text, command);
  if (separator === NEWLINE && (place === 'text' || text.length > LINES_CHARACTERS_MAX)) return false;
  const kind = COMMANDS.get(command.name);
  if (kind === undefined) return false;
  const rest = text.slice(command.end, command.end + ARGUMENT_CHARACTERS_MAX);
  return hasArgument(kind, rest) || (COMMAND_END.test(rest) && countsAlone(kind, text, at));
}

/** Whether a command without arguments behind the separator at `at` is one, and no word of a list or sentence. */
function countsAlone(kind: CommandKind, text: string, at: number): boolean {
  if (NAME_LIST.test(text)) return false;
  return (
    kind === 'telling' ||
    (kind === 'short' && !ENDS_WITH_LETTER.test(text.slice(Math.max(0, at - BLANKS_MAX), at)))
  );
}

interface Command {
  /** Lower case, without folder and without what shells drop; empty where nothing like a name stands. */
  readonly name: string;
  /** The index behind the name in the text. */
  readonly end: number;
}

function readCommand(text: string, start: number): Command {
  const first = skipBlanks(text, start, BLANKS_MAX);
  let end = first;
  let kinds = 0;
  for (; end < first + NAME_CHARACTERS_MAX; end += 1) {
    const kind = COMMAND_CHARACTERS[text.charCodeAt(end)];
    if (kind === undefined || kind === 0) break;
    kinds |= kind;
  }
  // No known name is a single character.
  if (end < first + 2) return NO_COMMAND;
  const beginning = beginningOf(text.charCodeAt(first), text.charCodeAt(first + 1));
  if (kinds === PLAIN && COMMAND_BEGINNINGS[beginning] === 0) return NO_COMMAND;
  const written = text.slice(first, end).toLowerCase();
  if (kinds === PLAIN) return { name: written, end };
  const name = written.replace(DROPPED, '');
  return { name: name.slice(name.lastIndexOf('/') + 1), end };
}

/** Whether a known command ends where a shell would end its name. */
function isCommand(text: string, { name, end }: Command): boolean {
  return COMMANDS.has(name) && (end === text.length || /[\s`);|&<>$]/.test(text.charAt(end)));
}

function readsSystemFile(text: string, { name, end }: Command): boolean {
  return COMMANDS.has(name) && SYSTEM_FILE.test(text.slice(end, end + ARGUMENT_CHARACTERS_MAX).trimStart());
}

/** Whether what follows a command is an argument that ordinary language has not. */
function hasArgument(kind: CommandKind, rest: string): boolean {
  const argument = rest.trimStart();
  // Without a blank only a redirection from or to a file, or the comma of a brace expansion, ends the name.
  if (argument.length === rest.length && !/^[<>,]{1,2}[/.~&-]/.test(rest)) return false;
  const text = argument.startsWith(',') ? argument.slice(1) : argument;
  if (kind === 'timed' && DURATION.test(text)) return true;
  return ARGUMENT.test(text) || (kind === 'fetching' && WEB_ADDRESS.test(text));
}
