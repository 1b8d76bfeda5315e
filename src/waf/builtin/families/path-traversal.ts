/**
 * Purpose: paths that climb out of their folder, and values that name files an attacker wants.
 * Input: the decoded path; decoded names, values, header values and texts.
 * Result: `path-traversal` for a `..` segment of the path; `path-climb` for one climbing segment in a value, no more
 *   than a hint, since links are written so; `path-climb-asset` for more that end at a picture or script, as links of
 *   deep pages do; `path-climb-far` for more;
 *   `path-climb-target` for a climb to a system folder or a file that is private by its kind; `path-system-file` for a
 *   system file; `path-system-name` for the bare name of one; `path-disguised` for either behind forms of dots and
 *   slashes that only lenient decoders take for such; `path-wrapper` for a stream that wraps files.
 * Example: `/static/..;/admin`, `?file=..\..\windows\win.ini`, `?page=php://filter/resource=index`.
 * Known misses: a value that climbs once to an ordinary file (`?next=../home` is what honest links look like),
 *   climbing inside prose unless it ends at a system file, archives with such entries.
 *
 * Method: a path is read as segments between `/` and `\`. One that consists of dots climbs, with path parameters
 * (servlet containers cut them off) or blanks (Windows cuts them off) behind them too. The same reading follows for the
 * text with the disguises of decoders/path-forms.ts removed.
 */
import { foldPathForms, hasPathForms } from '../decoders/path-forms.ts';
import {
  CRITICAL,
  type Family,
  type Findings,
  isArgument,
  NOTICE,
  type Place,
  type Rule,
  WARNING,
} from '../family.ts';
import {
  ADDRESS,
  BACKSLASH,
  CONTROL,
  DOT_DOT,
  FILE_WORD,
  HEX_WORD,
  HIGH,
  PERCENT,
  SCHEME_WORD,
} from '../marks.ts';
import type { Reading } from '../reading.ts';
import { ASSET_ENDING, PRIVATE_ENDING, ROOT_FOLDER, SYSTEM_FILE, SYSTEM_NAME } from '../system-files.ts';

const SEGMENT = rule('path-traversal', CRITICAL, 'a path with a segment that climbs to the folder above');
const CLIMB = rule('path-climb', NOTICE, 'a value with a segment that climbs to the folder above');
const CLIMB_ASSET = rule(
  'path-climb-asset',
  NOTICE,
  'a value that climbs several folders up to what pages are made of',
);
const CLIMB_FAR = rule('path-climb-far', CRITICAL, 'a value that climbs out of its folder');
const CLIMB_TARGET = rule(
  'path-climb-target',
  CRITICAL,
  'a value that climbs to a system folder or private file',
);
const SYSTEM = rule('path-system-file', CRITICAL, 'the path of a system file');
const MENTION = rule('path-system-mention', NOTICE, 'the path of a system file inside another text');
const NAME = rule('path-system-name', WARNING, 'the name of a private file');
const DISGUISED = rule('path-disguised', CRITICAL, 'a path in disguised dots and slashes');
const WRAPPER = rule('path-wrapper', CRITICAL, 'a stream wrapper that reads files or runs programs');
const LOCAL_ADDRESS = rule('path-file-address', WARNING, 'an address of a local file');

const DOT = 0x2e;
const SLASH = 0x2f;
const SEMICOLON = 0x3b;
const QUESTION = 0x3f;
const BACKSLASH_CODE = 0x5c;

const DOTS_MAX = 8;
const DISGUISE = HIGH | PERCENT | CONTROL;
/** Texts with a scheme are addresses of pages and scripts, which may hold climbing segments honestly. */
const WITH_SCHEME = /^(?!file:)[a-z][a-z0-9+.-]{1,20}:/i;
/** What does not stand in a path before the place where it climbs: then the text is prose or program text. */
const NO_PATH = /[\s"'<>{}()]/;
const WRAPPERS =
  /^\s{0,8}(?:php:\/\/(?:filter|input|fd|memory|temp|stdin|output)|(?:phar|expect|zip|ogg|rar|glob|ssh2|compress\.(?:zlib|bzip2)|zlib|jar|netdoc):(?:\/\/|file|https?:)|data:(?:\/\/)?(?:text\/(?:plain|x-php)|application\/x-php)[;,][^,]{0,64},?\s{0,8}(?:<\?|PD9|PD8))/i;
const FILE_ADDRESS = /^\s{0,8}file:(?:\/\/|[/\\])/i;

export const pathTraversal: Family = {
  rules: [
    SEGMENT,
    CLIMB,
    CLIMB_ASSET,
    CLIMB_FAR,
    CLIMB_TARGET,
    SYSTEM,
    MENTION,
    NAME,
    DISGUISED,
    WRAPPER,
    LOCAL_ADDRESS,
  ],

  mayMatch(classes: number, words: number, place: Place): boolean {
    // The path as a whole tells all that its segments do.
    if (place === 'segment') return false;
    if ((words & (DOT_DOT | FILE_WORD)) !== 0) return true;
    if (place !== 'path' && !isArgument(place)) return false;
    return (words & (ADDRESS | HEX_WORD | SCHEME_WORD)) !== 0 || (classes & (DISGUISE | BACKSLASH)) !== 0;
  },

  find(reading: Reading, place: Place, findings: Findings): void {
    const { text, classes, words } = reading;
    if (place === 'path') findInPath(text, findings);
    else if (isArgument(place)) findInArgument(reading, findings);
    else findInText(text, findings);
    const mayHide = (classes & DISGUISE) !== 0 || (words & HEX_WORD) !== 0;
    if (mayHide && (place === 'path' || isArgument(place))) findDisguised(text, findings);
  },
};

function rule(id: string, score: number, message: string): Rule {
  return { id, label: 'PATH_TRAVERSAL', message, score };
}

function findInPath(path: string, findings: Findings): void {
  const climbs = readClimbs(path, false);
  if (climbs.count > 0) findings.add(SEGMENT, climbs.start, climbs.end);
}

function findInArgument({ text, classes, words }: Reading, findings: Findings): void {
  const wrapper = WRAPPERS.exec(text);
  if (wrapper !== null) findings.add(WRAPPER, wrapper.index, wrapper[0].length);
  else if (FILE_ADDRESS.test(text)) findings.add(LOCAL_ADDRESS, 0, text.length);
  if ((words & (DOT_DOT | FILE_WORD)) === 0 && (classes & BACKSLASH) === 0) return;
  const climbs = readClimbs(text, false);
  if (climbs.count > 0 && isPathUpTo(text, climbs.start)) findClimbs(text, climbs, findings);
  const file = SYSTEM_FILE.exec(text);
  if (file !== null) {
    const isPath = climbs.count > 0 || isPathUpTo(text, file.index);
    findings.add(isPath ? SYSTEM : MENTION, file.index, file.index + file[0].length);
  }
  const name = SYSTEM_NAME.exec(text);
  if (name !== null) findings.add(NAME, 0, name[0].length);
}

function findClimbs(text: string, climbs: Climbs, findings: Findings): void {
  const { count, start, end } = climbs;
  const rest = text.slice(end, end + 256);
  if (ROOT_FOLDER.test(rest) || PRIVATE_ENDING.test(rest)) findings.add(CLIMB_TARGET, start, end);
  if (WITH_SCHEME.test(text)) return;
  const isFar = count > 1 && !ASSET_ENDING.test(rest);
  findings.add(isFar ? CLIMB_FAR : count > 1 ? CLIMB_ASSET : CLIMB, start, end);
}

/** Whether nothing before an index says that the text is no path. */
function isPathUpTo(text: string, index: number): boolean {
  return index === 0 || !NO_PATH.test(text.slice(0, index).trimStart());
}

/** In running text a system file counts only if the path to it climbs. */
function findInText(text: string, findings: Findings): void {
  for (
    let at = text.indexOf('..'), tries = 0;
    at !== -1 && tries < 16;
    at = text.indexOf('..', at + 256), tries += 1
  ) {
    const window = text.slice(at, at + 256);
    if (window.charCodeAt(2) !== SLASH && window.charCodeAt(2) !== BACKSLASH_CODE) continue;
    const climbs = readClimbs(window, false);
    const file = SYSTEM_FILE.exec(window);
    if (climbs.count > 0 && file !== null && !NO_PATH.test(window.slice(0, file.index))) {
      findings.add(SYSTEM, at, at + file.index + file[0].length);
      return;
    }
  }
}

function findDisguised(text: string, findings: Findings): void {
  if (!hasPathForms(text)) return;
  const folded = foldPathForms(text);
  if (folded === text) return;
  const climbs = readClimbs(folded, true);
  const file = SYSTEM_FILE.exec(folded);
  const climbsFar =
    climbs.certain > 1 || (climbs.certain === 1 && ROOT_FOLDER.test(folded.slice(climbs.end)));
  if (!climbsFar && file === null) return;
  const start = file === null ? climbs.start : file.index;
  if (isPathUpTo(folded, start)) findings.add(DISGUISED, Math.min(start, text.length - 1), text.length);
}

interface Climbs {
  /** Climbing segments altogether. */
  readonly count: number;
  /** Those that consist of dots alone. */
  readonly certain: number;
  readonly start: number;
  /** Behind the separator of the last one. */
  readonly end: number;
}

/** @param wild whether `?` stands for a character that could not be told */
function readClimbs(text: string, wild: boolean): Climbs {
  let count = 0;
  let certain = 0;
  let first = -1;
  let last = 0;
  let start = 0;
  for (let index = 0; index <= text.length; index += 1) {
    const code = index < text.length ? text.charCodeAt(index) : SLASH;
    if (code !== SLASH && code !== BACKSLASH_CODE) {
      // The name before a path inside a value: `file=../a`, `c:..\a`.
      if ((code === 0x3d || code === 0x3a || code === 0x2c) && text.charCodeAt(start) !== DOT)
        start = index + 1;
      continue;
    }
    const dots = climbingDots(text, start, index, wild);
    if (dots !== 0) {
      count += 1;
      certain += dots;
      if (first === -1) first = start;
      last = Math.min(index + 1, text.length);
    }
    start = index + 1;
  }
  return { count, certain, start: Math.max(first, 0), end: last };
}

/** 0 for a segment that does not climb, 1 for one that does; wild characters alone are not certain. */
function climbingDots(text: string, start: number, end: number, wild: boolean): 0 | 1 {
  let index = start;
  let dots = 0;
  for (; index < end && index < start + DOTS_MAX; index += 1) {
    const code = text.charCodeAt(index);
    if (code === DOT) dots += 1;
    else if (!wild || code !== QUESTION) break;
  }
  if (index < start + 2 || dots === 0) return 0;
  if (index - start > 2 && index === end && !isRepeated(text, start, end)) return 0;
  while (index < end && isCutOff(text.charCodeAt(index))) index += 1;
  return index === end || text.charCodeAt(index) === SEMICOLON ? 1 : 0;
}

/** Three dots and more climb where `../` is deleted once or each further dot climbs; alone they are an ellipsis. */
function isRepeated(text: string, start: number, end: number): boolean {
  const dots = text.slice(start, end);
  return (end - start === 4 && isSeparator(text.charCodeAt(end + 1))) || text.startsWith(dots, end + 1);
}

function isSeparator(code: number): boolean {
  return code === SLASH || code === BACKSLASH_CODE;
}

/** Blanks and control characters. */
function isCutOff(code: number): boolean {
  return code <= 0x20 || code === 0x7f;
}
