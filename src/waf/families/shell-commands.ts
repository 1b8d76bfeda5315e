/**
 * Command names that attackers chain, by how much else has to be there before a name counts.
 *
 * Most names are words of ordinary language as well ("cats; find out more"), hence the classes.
 */
import { wordSet } from '../words.ts';

/** Nobody writes these behind a separator but into a shell. */
export const TELLING_COMMANDS: ReadonlySet<string> = wordSet(`
  whoami ifconfig ipconfig printenv systeminfo tasklist uname netstat nslookup lsof mkfifo
`);

/** These count by themselves, unless the text is a list of names ("title|id|date"). */
export const SHORT_COMMANDS: ReadonlySet<string> = wordSet('id ls dir pwd');

/** These count with an argument that only a shell takes: a flag, a path, a variable, an address. */
export const COMMANDS_WITH_ARGUMENTS: ReadonlySet<string> = wordSet(`
  awk base64 bash bitsadmin busybox cat certutil chmod chown cmd cmd.exe cp crontab curl cut date dd del dig echo
  eval exec expr file find ftp gawk gcc getent grep head host kill ksh less ln lua more mshta mv nc ncat net netcat
  nl nmap node nohup od perl php ping powershell powershell.exe printf pwsh python python2 python3 reg regsvr32 rev
  rm rmdir ruby rundll32 scp sed set sh sleep sort ssh strings sudo tac tail tar tee telnet tftp timeout touch
  traceroute tracert type vi wc wget wmic xargs xxd zsh
`);

/** Of those, the ones for which a plain number is argument enough. */
export const TIMED_COMMANDS: ReadonlySet<string> = wordSet('sleep ping timeout kill expr');

/** Of those, the ones for which an address of the web is argument enough. */
export const FETCHING_COMMANDS: ReadonlySet<string> = wordSet('curl wget');
