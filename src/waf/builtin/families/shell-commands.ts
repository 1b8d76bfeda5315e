/**
 * Command names that attackers chain, by how much else has to be there before a name counts.
 *
 * Most names are words of ordinary language as well ("cats; find out more"), hence the kinds:
 *
 * - `telling`: nobody writes it behind a separator but into a shell;
 * - `short`: counts by itself too, unless the text is a list of names ("title|id|date");
 * - `technical`: no word of a language; counts by itself where the separator begins the value;
 * - `plain`: counts with an argument that only a shell takes: a flag, a path, a variable, an address;
 * - `timed`: like plain, and a number is argument enough;
 * - `fetching`: like plain, and an address of the web is argument enough.
 */
import { wordSet } from '../../words.ts';

export type CommandKind = 'telling' | 'short' | 'technical' | 'plain' | 'timed' | 'fetching';

export const COMMANDS: ReadonlyMap<string, CommandKind> = byName({
  telling: `
    whoami ifconfig ipconfig printenv systeminfo tasklist uname netstat nslookup lsof mkfifo getent ncat socat
    taskkill schtasks certutil bitsadmin mshta rundll32 regsvr32 wmic getmac
  `,
  short: 'id ls dir pwd',
  technical: `
    awk bash busybox chgrp chmod chown cmd cmd.exe cp crontab df dmesg du egrep env ftp gawk gcc gdb grep halt hexdump
    iconv ksh mkdir mv nc net nmap perl php powershell powershell.exe poweroff printf ps pwsh python python2 python3
    reboot rm rmdir scp sed set setsid sh shutdown ssh strace stty su sudo sysctl systemctl tar tcpdump tee telnet tftp
    tmux traceroute tracert useradd usermod vi vim xargs xxd zsh
  `,
  plain: `
    adduser apt apt-get arp ash at attrib awk base64 bash batch busybox bzip2 cacls cat chgrp chmod chown chpasswd cmd cmd.exe
    comm copy cp crontab cscript csh curl cut dash date dd del df diff dig dir docker dmesg du echo env erase eval exec
    export expand expr fetch file find findstr finger fold ftp gawk gcc gdb git grep groups gunzip gzip halt hd head
    hexdump history host hostname iconv ip iptables irb java join jq kubectl kill killall ksh last less ln locate logger
    lua lynx mail make mawk md md5sum mkdir more mount move mv nano nawk nc net netcat nice nl nmap node nohup od openssl
    osascript passwd paste perl php php5 php7 ping6 pip pkill poweroff powershell powershell.exe pr printf ps pwsh python
    python2 python3 rd reboot reg ren rename rev rm rmdir route rsync ruby run-parts scp screen script sed sendmail
    service set setsid sh sha1sum sha256sum shred shutdown sleep socket sort source split ss ssh start stat strace
    strings stty su sudo sum sysctl systemctl tac tail takeown tar tcpdump tcsh tee telnet tftp time tmux top touch tr
    traceroute tracert type uniq unlink unxz unzip uptime useradd usermod users vdir ver vi vim vol watch wc wget
    wget2 whereis which who whois wscript xargs xcopy xxd xz yum zcat zip zsh
  `,
  timed: 'sleep ping timeout kill expr usleep',
  fetching: 'curl wget fetch lynx',
});

function byName(table: Readonly<Record<CommandKind, string>>): ReadonlyMap<string, CommandKind> {
  const kinds = Object.keys(table) as CommandKind[];
  const order: readonly CommandKind[] = ['plain', ...kinds.filter((kind) => kind !== 'plain')];
  return new Map(order.flatMap((kind) => [...wordSet(table[kind])].map((name) => [name, kind] as const)));
}
