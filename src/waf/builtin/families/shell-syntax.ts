/**
 * Syntax that shells of Unix and Windows read and nothing else does, and programs with the arguments that make them
 * run code, fetch files or change the system. All repetitions are bounded.
 */
import { anyOf, eitherOf } from './word-pattern.ts';

/** Where a command may begin. */
const COMMAND_START = String.raw`(?:^|[\s;|&${'`'}(])`;
const SHELL_VARIABLES = String.raw`\$\{?IFS(?![A-Za-z_])|\$\{${anyOf('PATH HOME PWD SHELL HOSTNAME IFS')}[:%#}]`;
const WINDOWS_VARIABLES = `%${anyOf('COMSPEC PROGRAMFILES SYSTEMROOT WINDIR USERNAME APPDATA PATH')}(?::~|%)`;
const NETWORK_DEVICE = String.raw`\/dev\/(?:tcp|udp)\/`;
const ARITHMETIC = String.raw`\b(?:echo|expr|print)\s{0,4}["']?\$\(\(\s{0,4}\d`;
const QUOTED_CODES = String.raw`\$'(?:\\(?:x[0-9a-f]{2}|[0-7]{3})){2}`;
const WILDCARD_PATH = String.raw`${COMMAND_START}\/(?:[\w?*[\]-]{0,12}[?*][\w?*[\]-]{0,12}\/){1,3}[\w?*[\]-]{1,16}\s`;
const PROGRAM_PATH = String.raw`${COMMAND_START}\/(?:usr\/|local\/){0,2}s?bin\/[\w?*[\]'"\\-]{1,24}(?:[\s;|&${'`'})<>$"']|$)`;
const WINDOWS_SHELL = String.raw`\bcmd(?:\.exe)?\s{1,4}\/[ck]\s|\bfor\s{1,4}(?:\/[dflr]\s[^%]{0,32})?%{1,2}\w\s{1,4}in\s{0,4}\(`;
const POWERSHELL_FLAGS = anyOf('e enc encodedcommand nop noprofile w c command ep exec');
const POWERSHELL_VERBS = anyOf(`
  invoke-expression invoke-webrequest invoke-command invoke-restmethod invoke-item invoke-wmimethod start-process
  get-childitem get-content get-process get-wmiobject get-service get-item
`);
const POWERSHELL = String.raw`\bpowershell(?:\.exe)?\s{1,4}-${POWERSHELL_FLAGS}\b|\b${POWERSHELL_VERBS}\b|\bnew-object\s{1,4}(?:system\.)?(?:net|io|diagnostics)\.|\bdownloadstring\s{0,4}\(|\b(?:iex|iwr)\s{0,4}[($"']`;
const REDIRECTION = String.raw`[12]?>&\s{0,2}[12]\b|>\s{0,4}\/dev\/null|\|\s{0,4}(?:ba|z|k|da)?sh\b\s{0,4}(?:$|[-;|&])`;
const BRACE_EXPANSION = String.raw`\{[a-z]{2,12},(?:-[a-z]|\/|["']\/)`;
/** What only shells read, at any place in a value. */
export const SYNTAX: RegExp = eitherOf(
  ...[
    SHELL_VARIABLES,
    WINDOWS_VARIABLES,
    NETWORK_DEVICE,
    ARITHMETIC,
    QUOTED_CODES,
    WILDCARD_PATH,
    PROGRAM_PATH,
  ],
  ...[WINDOWS_SHELL, POWERSHELL, REDIRECTION, BRACE_EXPANSION],
);
/** What of it no other text has, wherever it stands. */
export const SYNTAX_ANYWHERE: RegExp = eitherOf(String.raw`\$\{?IFS(?![A-Za-z_])`, NETWORK_DEVICE);
const INTERPRETER = String.raw`(?:perl|ruby|lua)\s{1,4}-\w{0,4}e\b|(?:python[\d.]{0,4}|bash|sh|zsh|ksh)\s{1,4}-\w{0,4}[ci]\b|php\d?\s{1,4}-r\b`;
const FETCHER = String.raw`(?:curl|wget)\s{1,4}(?:-{1,2}\S{1,32}\s{1,4}){0,4}["']?(?:https?|ftp):|(?:nc|ncat|netcat)\s{1,4}-\w{0,4}[elvpnu]`;
const CHANGER = String.raw`rm\s{1,4}-\w{0,2}[rf]|chmod\s{1,4}(?:[0-7]{3,4}|[ugoa]{0,3}\+[rwxs]{1,3})\s|echo\s{1,4}[^<>]{1,48}>{1,2}\s{0,4}(?:\/|[\w./\\-]{1,64}\.(?:php|aspx?|jspx?|sh|txt|html?|bat|py|pl)\b)`;
const FINDER = `which\\s{1,4}${anyOf('gcc netcat nc perl python php ruby wget curl bash java')}\\s{0,4}$`;
const ADMINISTRATION = String.raw`net\s{1,4}(?:localgroup|user|group|share|view|accounts)\b[^/]{0,64}\/\w|netsh\s{1,4}(?:advfirewall|firewall|interface|wlan)\b|reg(?:\.exe)?\s{1,4}(?:add|query|delete|save|export)\s{1,4}["']?(?:hk|\\\\)|sc\s{1,4}(?:query|config|create|delete)\b|wmic\s{1,4}\w{1,16}\s{1,4}(?:get|call|list)\b|(?:schtasks|tasklist|taskkill|bitsadmin|vssadmin)\s{1,4}\/|certutil\s{1,4}-|mshta\s{1,4}(?:http|vbscript|javascript)|attrib\s{1,4}[+-][rsh]\b`;
/** Programs with what makes them run code, fetch files or change the system, at the beginning of a value. */
export const PROGRAM: RegExp = new RegExp(
  String.raw`^\s{0,8}(?:${[INTERPRETER, FETCHER, CHANGER, FINDER, ADMINISTRATION].join('|')})`,
  'i',
);
