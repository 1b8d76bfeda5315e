/**
 * Command names that attackers chain, by how much else has to be there before a name counts.
 *
 * Most names are words of ordinary language as well ("cats; find out more"), hence the kinds:
 *
 * - `telling`: nobody writes it behind a separator but into a shell;
 * - `short`: counts by itself too, unless the text is a list of names ("title|id|date");
 * - `plain`: counts with an argument that only a shell takes: a flag, a path, a variable, an address;
 * - `timed`: like plain, and a number is argument enough;
 * - `fetching`: like plain, and an address of the web is argument enough.
 */
import { wordSet } from '../words.ts';

export type CommandKind = 'telling' | 'short' | 'plain' | 'timed' | 'fetching';

export const COMMANDS: ReadonlyMap<string, CommandKind> = byName({
  telling: 'whoami ifconfig ipconfig printenv systeminfo tasklist uname netstat nslookup lsof mkfifo',
  short: 'id ls dir pwd',
  plain: `
    awk base64 bash bitsadmin busybox cat certutil chmod chown cmd cmd.exe cp crontab cut date dd del dig echo eval
    exec file find ftp gawk gcc getent grep head host ksh less ln lua more mshta mv nc ncat net netcat nl nmap node
    nohup od perl php powershell powershell.exe printf pwsh python python2 python3 reg regsvr32 rev rm rmdir ruby
    rundll32 scp sed set sh sort ssh strings sudo tac tail tar tee telnet tftp touch traceroute tracert type vi wc
    wmic xargs xxd zsh
  `,
  timed: 'sleep ping timeout kill expr',
  fetching: 'curl wget',
});

function byName(table: Readonly<Record<CommandKind, string>>): ReadonlyMap<string, CommandKind> {
  const kinds = Object.keys(table) as CommandKind[];
  return new Map(kinds.flatMap((kind) => [...wordSet(table[kind])].map((name) => [name, kind] as const)));
}
