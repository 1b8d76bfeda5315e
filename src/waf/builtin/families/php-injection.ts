/**
 * Purpose: program text of PHP, and calls that it has in common with other languages of the web.
 * Input: any decoded text; ambiguous calls count in names, values and headers only, since prose, scripts and stack
 *   traces hold them too.
 * Result: `code-php-tag` for the beginning of program text or a variable that holds input; `code-call` for a function
 *   that nobody writes into a value but to have it called; `code-call-literal` for an ambiguous one with a command, a
 *   path or another call as argument; `code-call-bare` and `code-php-variable`, hints.
 * Example: `<?php phpinfo();`, `');}print(`id`);//`, `${@eval($_POST[x])}`.
 * Known misses: functions by variable names (`$f($x)`) or built of pieces.
 */
import { CRITICAL, type Rule, WARNING } from '../family.ts';
import { ANGLE, BACKTICK, CODE_WORD, DOLLAR, PAREN, SEMICOLON } from '../marks.ts';
import { ALL_PLACES, on, patternFamily, SHORT_TEXTS, VALUES, VALUES_AND_HEADERS } from './pattern-family.ts';
import { anyOf, eitherOf } from './word-pattern.ts';

const TAG = rule('code-php-tag', CRITICAL, 'the beginning of PHP program text');
const CALL = rule('code-call', CRITICAL, 'a call of a function that runs commands, reads files or runs code');
const CALL_LITERAL = rule('code-call-literal', CRITICAL, 'a call that runs or prints what its argument says');
const CALL_BARE = rule('code-call-bare', WARNING, 'a call of a function that may run code');
const VARIABLE = rule('code-php-variable', WARNING, 'a variable of PHP that holds input');

const TELLING = anyOf(`
  shell_exec passthru proc_open pcntl_exec popen phpinfo phpversion php_uname get_current_user getmyuid
  file_get_contents file_put_contents highlight_file show_source readfile call_user_func call_user_func_array
  create_function gzinflate str_rot13 base64_decode var_dump print_r get_defined_vars getallheaders ini_set
  ini_get_all posix_getpwuid move_uploaded_file assert_options preg_replace_callback array_map usleep fsockopen
  pfsockopen scandir opendir chmod
`);
const RUNNING = anyOf(`
  system exec eval assert include include_once require require_once open popen spawn execute unlink fopen file getenv
  array_map preg_replace qx
`);
const PRINTING = anyOf('print printf echo die exit md5 chr ord sleep return');
const COMMANDS = anyOf('id ls dir pwd whoami set ver env uname date ps w');
const NESTED = anyOf(`
  base64_decode system exec md5 phpversion str_rot13 file_get_contents hex2bin compile open __import__
  string.fromcharcode atob unescape request input chr
`);
const PRINTED = anyOf('md5 system exec chr phpversion sha1 php_uname getenv shell_exec base64_decode');

/** What a call stands behind where it does not belong to a word or to an object. */
const BOUNDARY = String.raw`(?:^|[\s;'"){}|&.@,=:!?(/*\\#-])`;
const OPEN = String.raw`\s{0,8}(?:\(\s{0,8}){1,4}`;
/** A literal that is a command, a path, a variable or an escape. */
const LITERAL = String.raw`\\?["'](?:[a-z_]{1,16}[ ;|.(/:-]|[/.$<%|;&${'`'}]|\\x|${COMMANDS}\\?["'])`;
const CONCATENATED = String.raw`["'][^"']{0,32}["']\.(?:system|exec|md5|shell_exec|passthru)`;
const BROKEN_OUT = String.raw`(?:^|[;)}|&@,=:!({]|["'][.;)},]{0,4})\s{0,4}(?:system|eval|assert|passthru|exec|popen)\s{0,8}\(\s{0,8}["'$${'`'}]`;
const NAME_IN_BRACKETS = String.raw`\(\s{0,4}["']?(?:system|exec|passthru|shell_exec|eval|assert|phpinfo)["']?\s{0,4}\)\s{0,4}\(`;
const SERVER_PAGES = String.raw`\b(?:response\.(?:write|redirect|end)|server\.(?:createobject|execute|mappath))\s{0,4}\(`;
const INPUT = '_(?:GET|POST|REQUEST|COOKIE|SERVER|FILES|ENV|SESSION)|GLOBALS';

const TAGS =
  /<\?(?:php\b|=\s{0,4}[\w`$@(]|\s{1,4}(?:echo|system|passthru|exec|eval|include|print|phpinfo)\b)/i;
const STATEMENT =
  /^[\s'")\]};.,|&@]{0,12}(?:system|exec|eval|assert|print|printf|echo|die|include|require|passthru|md5)\s{0,8}\([^()]{0,64}\)\s{0,8};/i;

/** A program that runs what the request says: nobody asks others about that. */
const COMMANDED =
  /\b(?:system|exec|shell_exec|passthru|popen|eval|assert)\s{0,4}\(\s{0,4}@?\$_(?:get|post|request|cookie|server)\b/i;

export const phpInjection = patternFamily([
  on(TAG, TAGS, ANGLE, 0, SHORT_TEXTS),
  on(TAG, new RegExp(String.raw`\$(?:${INPUT})\s{0,4}[[{]`), DOLLAR, 0, VALUES_AND_HEADERS),
  on(CALL_LITERAL, COMMANDED, DOLLAR | PAREN, CODE_WORD, ALL_PLACES),
  on(CALL, eitherOf(String.raw`(?<![\w$.>-])${TELLING}\s{0,8}\(`), PAREN, CODE_WORD, VALUES_AND_HEADERS),
  on(
    CALL_LITERAL,
    eitherOf(`${BOUNDARY}${RUNNING}${OPEN}(?:[\`$]|${LITERAL}|${NESTED}[.(])`),
    PAREN,
    CODE_WORD,
    VALUES_AND_HEADERS,
  ),
  on(
    CALL_LITERAL,
    eitherOf(`${BOUNDARY}${PRINTING}${OPEN}(?:[\`$]|${PRINTED}\\(|${CONCATENATED})`),
    PAREN,
    CODE_WORD,
    VALUES_AND_HEADERS,
  ),
  on(CALL_LITERAL, eitherOf(BROKEN_OUT, NAME_IN_BRACKETS, SERVER_PAGES), PAREN, CODE_WORD, VALUES),
  on(CALL_LITERAL, /(?:print|echo|return|eval)\s{0,8}\(?\s{0,8}`/i, BACKTICK, CODE_WORD, VALUES_AND_HEADERS),
  on(CALL_BARE, STATEMENT, PAREN | SEMICOLON, CODE_WORD, VALUES),
  on(VARIABLE, new RegExp(String.raw`\$(?:${INPUT}|HTTP_\w{4,16}_VARS)\b`), DOLLAR, 0, VALUES_AND_HEADERS),
]);

function rule(id: string, score: number, message: string): Rule {
  return { id, label: 'CODE_INJECTION', message, score };
}
