import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { builtinOf, judgeBody, judgeHead, queryWith } from '../testing/judging.ts';

const rules = builtinOf();

function found(text: string): string[] {
  return judgeHead(rules, queryWith(text)).matches.map(({ ruleId, score }) => `${ruleId} ${score}`);
}

function scoreOf(text: string): number {
  return judgeHead(rules, queryWith(text)).score;
}

describe('a path that climbs', () => {
  const attacks = [
    ...[
      '/..',
      '/../',
      '/a/../b',
      '/a/..',
      '/a/..;/b',
      '/..;x=1/b',
      '/a/..%20/b',
      '/a/..%09',
      '/....//....//b',
    ],
    ...[
      '/a/%2e%2e/b',
      '/a/.%2E',
      '/a/..%5cb',
      '/a/%252e%252e%252fb',
      '/a/%c0%ae%c0%ae/b',
      '/a/..%c0%af..%c0%afb',
    ],
    ...[
      '/a/%uff0e%uff0e/b',
      '/a/..%c1%9c..%c1%9cb',
      '/%%32%65%%32%65/b',
      '/a/..%255c..%255c',
      '/a/%e0%80%ae%e0%80%ae/',
    ],
  ];
  for (const path of attacks) {
    it(`blocks ${path}`, () => assert.ok(judgeHead(rules, path).score >= 5));
  }

  const honest = [
    ...['/', '/a/b', '/./a', '/...', '/a..b', '/..a', '/a..', '/.../b', '/1..2', '/..well-known', '/a/b...c'],
    ...[
      '/v1.0..2/x',
      '/caf%C3%A9/%E4%BD%A0',
      '/100%',
      '/a%2Fb',
      '/etc/designs/site.css',
      '/usr/profile',
      '/windows/doors',
    ],
  ];
  for (const path of honest) {
    it(`leaves ${path}`, () => assert.deepEqual(judgeHead(rules, path).matches, []));
  }
});

describe('a value that climbs or names a system file', () => {
  const attacks = [
    ...[
      '../../secret',
      '/var/www/../../secret',
      '..\\..\\secret',
      '..//..//secret',
      'file=../../x',
      '....//....//x',
    ],
    ...[
      'etc\\issue',
      '../etc/passwd',
      '/etc/passwd',
      '/etc//shadow',
      'file:///etc/passwd',
      '/proc/self/environ',
      'etc/passwd',
    ],
    ...[
      'C:\\Windows\\win.ini',
      'c:/boot.ini',
      '/WEB-INF/web.xml',
      '/var/log/apache2/access.log',
      '../logs/error.log',
    ],
    ...[
      '../../../../../../../../../../etc/passwd%00',
      '..%2f..%2fetc%2fpasswd',
      '..%252f..%252fboot.ini',
      '/etc/passwd\0',
    ],
    ...[
      '..\xc0\xaf..\xc0\xafetc\xc0\xafpasswd',
      '\xc0\xae\xc0\xae/\xc0\xae\xc0\xae/x',
      '..\xc1\x1c..\xc1\x1cboot.ini',
    ],
    ...[
      '..%c0%qf..%c0%qfetc%c0%qfhosts',
      '%bg%qfetc%bg%qfpasswd',
      '..\xf8\x80\x80\x80\xaf..\xf8\x80\x80\x80\xafetc',
    ],
    ...[
      '..%u2215..%u2215etc%u2215passwd',
      '\xef\xbc\x8e\xef\xbc\x8e\xef\xbc\x8fetc\xef\xbc\x8fpasswd',
      '0x2e0x2e0x2f0x2e0x2e0x2fx',
    ],
    ...[
      '.\0./.\0./etc/shadow',
      '..\x01/..\x01/etc/hosts',
      '..;/..;/manager/html',
      '.../.../boot.ini',
      '..../..../..../windows/win.ini',
    ],
    ...[
      'php://filter/convert.base64-encode/resource=index.php',
      'php://input',
      'expect://id',
      'phar://x.phar/a',
    ],
    ...[
      'zip://shell.jpg%23x',
      'data:text/plain;base64,PD9waHAgc3lzdGVtKCdpZCcpOyA/Pg==',
      'data://text/plain,<?php phpinfo();',
    ],
    ...[
      'jar:http://h/x.jar!/',
      'compress.zlib://etc/x',
      'glob:///var/www/*',
      '/home/ada/.ssh/id_rsa',
      '~/.ssh/authorized_keys',
    ],
    ...[
      '/home/user/.bash_history',
      '../../.env',
      '../.git/config',
      '..\\web.config',
      '/usr/local/apache2/conf/httpd.conf',
    ],
    ...[
      '../../../../../../Program Files/Apache Group/Apache2/conf/httpd.conf',
      '/opt/lampp/etc/my.cnf',
      '/etc/nginx/nginx.conf',
    ],
    ...[
      '\\..\\..\\..\\windows\\system32\\drivers\\etc\\hosts',
      'C:/inetpub/wwwroot/web.config',
      'C:\\xampp\\apache\\logs\\access.log',
    ],
    ...[
      '/..././..././..././etc/passwd',
      '..%5c..%5c..%5cboot.ini',
      '/%2e%2e/%2e%2e/etc/issue',
      '..%00/..%00/etc/passwd',
    ],
    ...[
      '//etc/passwd',
      '/./././././etc/passwd',
      '/etc/./passwd',
      '/etc/passwd%00.html',
      '/../../../../../../../../etc/passwd^^',
    ],
    ...[
      '..%25%35%63..%25%35%63boot.ini',
      '%2e%2e%2f%2e%2e%2fwp-config.php',
      '../../../wp-config.php',
      '../apache/logs/access.log',
    ],
    ...['/proc/1/cmdline', '/proc/version', '/var/spool/cron/crontabs/root', '/dev/tcp/1.2.3.4/80'],
    ...[
      '../../../../../../../../../../../../../../../../../../../../../',
      '..\\..\\..\\..\\',
      '../../..//../../',
      '/..%2f/..%2f/x',
    ],
    ...[
      'unc\\..\\..\\..\\x',
      '\\\\localhost\\c$\\windows\\win.ini',
      '/.%2e/.%2e/.%2e/x',
      '..%u005c..%u005cx',
    ],
    ...[
      '/etc/httpd/logs/error_log',
      '/usr/local/etc/php.ini',
      '../conf/server.xml',
      '/WEB-INF/classes/application.properties',
    ],
  ];
  for (const text of attacks) {
    it(`blocks ${JSON.stringify(text)}`, () => assert.ok(scoreOf(text) >= 5, found(text).join()));
  }

  const honest = [
    ...[
      '../home',
      './a/b',
      'a/../b.png',
      'see ../../README.md for details',
      '1..2',
      'wait...',
      'and so on ... ../',
    ],
    ...[
      'https://example.com/a/../../b',
      'webpack:///../../node_modules/x.js',
      'what is in /etc/passwd?',
      'etc.',
    ],
    ...[
      '/etc/designs/site/clientlibs.css',
      'my.ssh/notes',
      'docs/proc/selfies',
      'php://',
      'twin.initial',
      '../images/a.png',
    ],
    ...[
      '../../images/photo.jpg',
      '/products/windows/large',
      'C:\\Users\\me\\Pictures\\a.png',
      'file:///C:/Users/me/x.html',
    ],
    ...[
      '/home/garden',
      '/var/a',
      '/usr/12345',
      '/dev/null-pointer',
      'web.config',
      'nginx.conf',
      'how to edit php.ini',
      '.env',
    ],
    ...[
      '2024-01-01..2024-02-01',
      'caf\xc3\xa9/\xe4\xbd\xa0',
      '\xc0\xee\xc0\xee',
      'a/b/.../c',
      'foo/…/bar',
      '/en/etc/about',
      '10%off',
    ],
    ...[
      'https://example.com/redirect?to=https%3A%2F%2Fother.example%2Fa',
      '/login',
      '/logs/2024',
      'bin/bash-completion',
      '//cdn.x/a.js',
    ],
    ...[
      'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAA',
      '?v=..',
      '..',
      '...',
      '0x2f0x2f',
      '/r/etc',
      '100%25',
      '%',
      '../',
      '../?a=b',
    ],
    ...[
      'src/app/../lib/x.ts:10:5',
      'C:\\Program Files (x86)\\App\\app.exe',
      '/windows',
      '/users/administrator-guide',
    ],
  ];
  for (const text of honest) {
    it(`leaves ${JSON.stringify(text)}`, () => assert.ok(scoreOf(text) < 5, found(text).join()));
  }
});

describe('paths in documents', () => {
  const json = (value: string): number =>
    judgeBody(rules, JSON.stringify({ stack: value }), 'application/json').score;

  it('block where the value is a path', () => assert.ok(json('../../../../etc/passwd') >= 5));
  it('pass in stack traces', () => {
    const trace = `Error: x\n    at f (webpack:///../../node_modules/a/b.js:1:2)\n    at ../../src/c.ts:3:4\n`;
    assert.ok(json(trace) < 5);
    assert.ok(json(`${trace}    at C:\\Users\\a\\..\\..\\b.js`.repeat(8)) < 5);
  });
});
