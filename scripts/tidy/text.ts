/** Rules about a single file's text: how it opens, how long it is, and what it must not say. */
import { errorAt, type Finding, isTest, lineAt, type SourceFile } from './source.ts';

const HEAD_LINES_MIN = 40;
const LENGTH_WARNED = 300;
const LENGTH_MAX = 450;

/** A file of more than HEAD_LINES_MIN lines opens with a comment: its purpose, its method, its bounds. */
export function checkHead(file: SourceFile): Finding[] {
  const lines = file.text.split('\n');
  if (isTest(file.path) || lines.length <= HEAD_LINES_MIN) return [];
  const first = lines[0]?.startsWith('#!') === true ? lines[1] : lines[0];
  if (first !== undefined && /^\/[/*]/.test(first)) return [];
  return [errorAt(file.path, 1, `has over ${HEAD_LINES_MIN} lines and does not open with a comment`)];
}

/** Files of src stay short; tests and tables of data may grow. */
export function checkLength(file: SourceFile): Finding[] {
  if (!file.path.startsWith('src/') || isTest(file.path)) return [];
  const count = file.text.split('\n').length - 1;
  if (count <= LENGTH_WARNED) return [];
  if (count > LENGTH_MAX) {
    return [errorAt(file.path, 0, `has ${count} lines; the limit is ${LENGTH_MAX}`)];
  }
  const message = `has ${count} lines; more than ${LENGTH_WARNED} ask for a split`;
  return [{ path: file.path, line: 0, message, severity: 'warning' }];
}

interface BannedText {
  readonly pattern: RegExp;
  readonly message: string;
  readonly applies: (path: string) => boolean;
}

const everywhere = (): boolean => true;

/** The patterns are spelled so that they do not match themselves. */
const BANNED: readonly BannedText[] = [
  {
    pattern: /\b(?:TO[D]O|FIX[M]E|XX[X])\b/g,
    message: 'holds a reminder; do it or drop it',
    applies: everywhere,
  },
  {
    pattern: /\b(?:it|test|describe)\.[o]nly\(|\bon[l]y: true\b/g,
    message: 'runs one test alone',
    applies: (path) => isTest(path),
  },
  {
    pattern: /registry\.(?:npm[j]s|yar[n]pkg)|\bnpmmirro[r]\b/g,
    message: 'names a package registry; the user chooses it',
    applies: everywhere,
  },
  {
    pattern: /(?<![\w.])\/(?:wor[k]|hom[e]|roo[t]|User[s])\/\w+/g,
    message: 'names a folder of one machine',
    // Attacks name such folders too, hence what describes attacks may.
    applies: (path) => !path.startsWith('src/waf/') && !path.startsWith('tests/'),
  },
];

/** What no file may say: reminders, single tests, package registries, folders of one machine. */
export function checkBannedText(file: SourceFile): Finding[] {
  return BANNED.filter(({ applies }) => applies(file.path)).flatMap(({ pattern, message }) =>
    [...file.text.matchAll(pattern)].map((match) =>
      errorAt(file.path, lineAt(file.text, match.index), `${message}: ${match[0]}`),
    ),
  );
}
