/**
 * Purpose: programs that a server would run, sent as files: what web shells are.
 * Input: name, media type and the first octets of a file of a multipart body.
 * Result: `upload-program` for a file whose name or type is that of a program for servers and that calls what runs
 *   commands, evaluates text or reads the request; `upload-settings` for settings that make a server run files.
 * Example: `a.php` with `<?php system($_GET['c']);`, `shell.jsp` with `Runtime.getRuntime().exec`, `.htaccess`.
 * Known misses: programs in archives, programs whose calls stand behind the octets kept.
 */
import type { BodyFile } from '../bodies/parsed-body.ts';
import { CRITICAL, type Rule } from './family.ts';

const PROGRAM: Rule = {
  id: 'upload-program',
  label: 'MALICIOUS_UPLOAD',
  message: 'a file with a program for servers that runs commands or evaluates what it is sent',
  score: CRITICAL,
};
const SETTINGS: Rule = {
  id: 'upload-settings',
  label: 'MALICIOUS_UPLOAD',
  message: 'a file with settings that make a server run other files',
  score: CRITICAL,
};
export const UPLOAD_RULES: readonly Rule[] = [PROGRAM, SETTINGS];

/** Endings that servers run, with others, blanks, dots and streams behind them that they ignore. */
const PROGRAM_NAME =
  /\.(?:php[0-9]?|phtml|phar|pht|phps|jspx?|jspf|jsw|jsv|aspx?|ashx|asmx|ascx|asa|cer|cfml?|cgi|pl|shtml)(?:$|[.\s;:%\0/\\])/i;
const PROGRAM_TYPE = /php|jsp|x-asp|x-cgi|x-perl/i;
const SETTINGS_NAME = /(?:^|[/\\])(?:\.htaccess|\.user\.ini|web\.config)[.\s]{0,4}$/i;

const PHP = /<\?(?:php\b|=)|<script\s{1,8}language\s{0,4}=\s{0,4}["']?php/i;
const PHP_CALL =
  /\b(?:system|exec|shell_exec|passthru|popen|proc_open|pcntl_exec|eval|assert|create_function|base64_decode|gzinflate|move_uploaded_file|file_put_contents|call_user_func|phpinfo)\s{0,4}\(|`[^`]{0,64}\$|\$_(?:get|post|request|cookie|server|files)\b/i;
const SERVER_TAG = /<%|<jsp:|<cf(?:execute|file|script)\b|<script\s{1,8}runat/i;
const SERVER_CALL =
  /\bruntime\b.{0,64}\bexec\b|processbuilder|getparameter\s{0,4}\(|\b(?:eval|execute|executeglobal)\s{0,4}[( ]|wscript\.shell|process\.start|createobject|request\s{0,4}[([.]|<cfexecute/i;
const SETTING =
  /\b(?:sethandler|addhandler|addtype|auto_(?:pre|ap)pend_file|php_value|php_flag)\b|<handlers\b/i;
const INTERPRETER = /^\s{0,8}#!\s{0,4}\/\S{0,64}(?:perl|python|sh|ruby|php)\b/;

/**
 * The rule that a file matches, or null.
 *
 * @param type the media type that its part declares, empty for none
 */
export function gradeUpload({ fileName, beginning }: BodyFile, type: string): Rule | null {
  if (SETTINGS_NAME.test(fileName)) return SETTING.test(beginning) ? SETTINGS : null;
  if (!PROGRAM_NAME.test(fileName) && !PROGRAM_TYPE.test(type)) return null;
  const isPhp = PHP.test(beginning) && PHP_CALL.test(beginning);
  const isPage = SERVER_TAG.test(beginning) && SERVER_CALL.test(beginning);
  return isPhp || isPage || (INTERPRETER.test(beginning) && /\.(?:cgi|pl)\b/i.test(fileName))
    ? PROGRAM
    : null;
}
