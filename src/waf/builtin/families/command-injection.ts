/**
 * Purpose: text that makes a careless origin run a further command.
 * Input: any decoded text. In header values and the path, where `;` separates parameters, it separates no command.
 * Result: `command-chained` for a command behind a separator, in a text no more than evidence unless it reads a
 *   system file, since people ask each other about commands; `command-bare` and `command-flags` for a value that is
 *   one with a path or with flags; `command-substitution` for one in `$(…)` or back quotes; `command-shell-syntax` for
 *   `$IFS`, the network devices of shells, arithmetic behind `echo`, programs by their path behind wildcards;
 *   `command-function` for a function definition in a value.
 * Example: `;cat /etc/passwd`, `127.0.0.1 && whoami`, `$(id)`, `() { :; }; id`, `/???/c?t /etc/passwd`.
 * Known misses: commands not listed in shell-commands.ts, `name;id` and other short names that could be a list.
 *
 * Method: from separator to separator; behind each one the name is read without the quotes, backslashes, carets and
 * empty expansions that shells drop (`c''at`, `c\\at`, `c^at`, `c$@at`), and a bounded number of characters of what
 * follows it.
 */
import {
  beginningOf,
  beginningTable,
  characterTable,
  isBlank,
  LETTERS_AND_DIGITS,
  skipBlanks,
} from '../../characters.ts';
import {
  CRITICAL,
  type Family,
  type Findings,
  isArgument,
  type Place,
  type Rule,
  WARNING,
} from '../family.ts';
import {
  AMPERSAND,
  BACKTICK,
  BLANK,
  BRACE,
  CONTROL,
  DOLLAR,
  FILE_WORD,
  PAREN,
  PERCENT,
  PIPE,
  SEMICOLON,
} from '../marks.ts';
import type { Reading } from '../reading.ts';
import { COMMANDS, type CommandKind } from './shell-commands.ts';
import { PROGRAM, SYNTAX, SYNTAX_ANYWHERE } from './shell-syntax.ts';

const CHAINED = rule('command-chained', CRITICAL, 'a shell command behind a separator');
const BARE = rule('command-bare', CRITICAL, 'a shell command with the path of a system file or program');
const FLAGS = rule('command-flags', WARNING, 'a shell command with flags');
const SUBSTITUTION = rule(
  'command-substitution',
  CRITICAL,
  'a shell command whose output is put in its place',
);
const SHELL_SYNTAX = rule('command-shell-syntax', CRITICAL, 'syntax that only shells read');
const FUNCTION = rule('command-function', CRITICAL, 'a function definition of a shell as a value');

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
/** Expansions that come out empty. */
const EMPTY_EXPANSION = /\$[@*!_]|\$[1-9](?![0-9])|\$\(\)|``|\$\{[a-z@*!_0-9]{1,3}\}/g;

const SYSTEM_FILE = /^(?:-\S{1,8} )?["']?\/(?:etc|proc)\//;
const ARGUMENT =
  /^(?:--?[a-z0-9]|["']?[~.]{0,2}\/[\w.*?]|["']?[a-z]:\\|\$[a-z_({@*]|\*|\d{1,3}\.\d{1,3}\.\d|[<>] ?[/&a-z]|[a-z_]\w{0,15}=\S)/i;
const HOST_NAME = /^[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,8}(?:[/\s;|&)]|$)/i;
const WEB_ADDRESS = /^["']?(?:https?|ftp):\/\//i;
/** What stands behind a command at the beginning of a value, where prose begins with the same word. */
const BARE_PATH =
  /^\s{1,4}(?:--?\w{1,16}(?:[= ]\w{1,16})?\s{1,4}){0,4}["']?(?:\/(?:etc|bin|usr|var|proc|tmp|root|home|dev|opt)\b|[a-z]:\\|\/$|~\/|\.\.\/|\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3})/i;
const BARE_FLAGS = /^\s{1,4}(?:-[a-z]{1,4}(?:\s|$)|--[a-z]{2,16}[= ]|\/[a-z]\s)/i;
/** A number and nothing behind it. */
const DURATION = /^\d{1,6}s?\s{0,4}(?:$|[;|&`)\n#'"])/;
/** Nothing, or what ends a command. */
const COMMAND_END = /^\s{0,4}(?:$|[;|&`)\n#<>'"])/;
/** Only letters, digits and the signs that separate the entries of a list; digits do not begin it. */
const NAME_LIST = /^[a-z_][\w .,:;=|&-]{0,255}$/i;

/** What testers put before a separator instead of a value. */
const ONE_LETTER_FIRST = /^\w\s{0,4}[;|&]{1,2}\s{0,4}[a-z]{1,16}\s{0,4}[;|&]?$/i;
/** A word, and perhaps blanks or the first of two separators. */
const ENDS_WITH_LETTER = /[a-z\x80-\xff][\s;|&]{0,16}$/i;

/** What names are made of; then folders, and the signs that shells drop inside names. */
const COMMAND_CHARACTERS = characterTable(`${LETTERS_AND_DIGITS}_.-`, `/'"\\^{`);
const PLAIN = 1;
const DROPPED = /['"\\^{]/g;
const COMMAND_BEGINNINGS = beginningTable(COMMANDS.keys());

/** Variables of Windows by which people tell where their files are. */
const USER_FOLDER = /^%(?:appdata|username|path|programfiles)%/i;

/** What ends a command's name; program text and noise are full of such signs. */
const ENDS = /[\s`);|&<>$]/;
const ENDS_IN_TEXT = /[\s`)]/;

const NO_COMMAND: Command = { name: '', end: 0 };

export const commandInjection: Family = {
  rules: [CHAINED, BARE, FLAGS, SUBSTITUTION, SHELL_SYNTAX, FUNCTION],

  mayMatch(classes: number, words: number, place: Place): boolean {
    if ((classes & (SEPARATORS | SEMICOLON | PAREN)) !== 0 || (words & FILE_WORD) !== 0) return true;
    return isArgument(place) && (classes & (BLANK | PERCENT | BRACE)) !== 0;
  },

  find({ text, classes, words }: Reading, place: Place, findings: Findings): void {
    if ((classes & PAREN) !== 0 && FUNCTION_DEFINITION.test(text)) findings.add(FUNCTION, 0, text.length);
    if (isArgument(place)) {
      findSyntax(text, findings);
      findBare(text, findings);
    } else if ((classes & DOLLAR) !== 0 || (words & FILE_WORD) !== 0) {
      const device = text.search(SYNTAX_ANYWHERE);
      if (device !== -1) findings.add(SHELL_SYNTAX, device, device + 12);
    }
    const namesFile = (words & FILE_WORD) !== 0;
    const separators = isParameterised(place) && !namesFile ? SEPARATORS : SEPARATORS | SEMICOLON;
    if ((classes & separators) === 0) return;
    findCommand(text, place, findings);
    if ((classes & (DOLLAR | BACKTICK)) === 0) return;
    const expanded = text.replace(EMPTY_EXPANSION, '');
    if (expanded !== text && isArgument(place)) findCommand(expanded, place, findings);
  },
};

function rule(id: string, score: number, message: string): Rule {
  return { id, label: 'COMMAND_INJECTION', message, score };
}

/** In these places `;` belongs to the syntax. */
function isParameterised(place: Place): boolean {
  return place === 'header' || place === 'agent' || place === 'path' || place === 'segment';
}

function findSyntax(text: string, findings: Findings): void {
  const syntax = SYNTAX.exec(text);
  if (syntax === null) return;
  const score = USER_FOLDER.test(syntax[0]) ? WARNING : CRITICAL;
  findings.add(SHELL_SYNTAX, syntax.index, syntax.index + syntax[0].length, score);
}

/** A value that is a command from its beginning. */
function findBare(text: string, findings: Findings): void {
  const program = PROGRAM.exec(text);
  if (program !== null) findings.add(BARE, 0, program[0].length);
  const command = readCommand(text, 0);
  if (command === NO_COMMAND || !COMMANDS.has(command.name)) return;
  const rest = text.slice(command.end, command.end + ARGUMENT_CHARACTERS_MAX);
  const hasFlags = BARE_FLAGS.test(rest);
  const isTelling = hasFlags && COMMANDS.get(command.name) === 'telling';
  if (isTelling || BARE_PATH.test(rest)) findings.add(BARE, 0, command.end);
  else if (hasFlags) findings.add(FLAGS, 0, command.end);
}

function findCommand(text: string, place: Place, findings: Findings): void {
  let inGraves = false;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === GRAVE) {
      const end = endOfGraves(text, index);
      // Several in a row are a fence around program text.
      if (end > index + 1) index = end - 1;
      else if (!inGraves && isSubstituted(text, index, place)) {
        findings.add(SUBSTITUTION, index, index + ARGUMENT_CHARACTERS_MAX);
        return;
      } else inGraves = !inGraves;
    } else if (code === DOLLAR_CODE) {
      const opens = text.charCodeAt(index + 1) === PAREN_OPEN;
      if (opens && isCommand(text, readCommand(text, index + 2), place)) {
        findings.add(SUBSTITUTION, index, index + ARGUMENT_CHARACTERS_MAX);
        return;
      }
    } else if (isSeparator(code) && isChained(text, index, place)) {
      const isSure = place !== 'text' || readsSystemFile(text, readCommand(text, index + 1));
      findings.add(CHAINED, index, index + ARGUMENT_CHARACTERS_MAX, isSure ? CRITICAL : WARNING);
      if (isSure) return;
    }
  }
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
function isSubstituted(text: string, at: number, place: Place): boolean {
  if (isShouted(text, at) || !isCommand(text, readCommand(text, at + 1), place)) return false;
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
  if (place === 'text' && isShouted(text, at)) return false;
  const rest = text.slice(command.end, command.end + ARGUMENT_CHARACTERS_MAX);
  if (kind === 'technical' && place !== 'text' && /^\s/.test(rest) && beginsWithSeparator(text, at))
    return true;
  return (
    hasArgument(kind, rest) || (place !== 'text' && COMMAND_END.test(rest) && countsAlone(kind, text, at))
  );
}

/** Whether the command behind a separator has capitals, as no shell of Unix takes it. */
function isShouted(text: string, at: number): boolean {
  return /^\s{0,16}[a-z/'"\\^{]{0,16}[A-Z]/.test(text.slice(at + 1, at + 1 + NAME_CHARACTERS_MAX));
}

/** Whether a command without arguments behind the separator at `at` is one, and no word of a list or sentence. */
function countsAlone(kind: CommandKind, text: string, at: number): boolean {
  if (ONE_LETTER_FIRST.test(text)) return kind === 'short' || kind === 'telling';
  if (NAME_LIST.test(text)) return false;
  return (
    kind === 'telling' ||
    (kind === 'technical' && beginsWithSeparator(text, at)) ||
    (kind === 'short' && !ENDS_WITH_LETTER.test(text.slice(Math.max(0, at - BLANKS_MAX), at)))
  );
}

/** Whether nothing stands before a separator but what closes a string or bracket of the origin. */
function beginsWithSeparator(text: string, at: number): boolean {
  return at <= BLANKS_MAX && /^[\s'"`)\]}|&;]{0,16}$/.test(text.slice(0, at));
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
function isCommand(text: string, { name, end }: Command, place: Place): boolean {
  if (!COMMANDS.has(name)) return false;
  const ends = place === 'text' ? ENDS_IN_TEXT : ENDS;
  return end === text.length || ends.test(text.charAt(end));
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
  if (kind === 'telling' && /^[\w.-]{1,64}\s{0,4}(?:$|[;|&#)`])/.test(text)) return true;
  if (kind === 'fetching' && HOST_NAME.test(text)) return true;
  return ARGUMENT.test(text) || (kind === 'fetching' && WEB_ADDRESS.test(text));
}
