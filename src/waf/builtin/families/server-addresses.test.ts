import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { builtinOf, judgeHead, queryWith } from '../testing/judging.ts';

const rules = builtinOf();

function found(text: string): string[] {
  return judgeHead(rules, queryWith(text)).matches.map(({ ruleId, score }) => `${ruleId} ${score}`);
}

function scoreOf(text: string): number {
  return judgeHead(rules, queryWith(text)).score;
}

describe('an address that leads inside', () => {
  const attacks = [
    ...[
      'http://169.254.169.254/latest/meta-data/',
      'http://metadata.google.internal/computeMetadata/v1/',
      'http://100.100.100.200/',
    ],
    ...[
      'http://2852039166/',
      'http://0xa9fea9fe/',
      'http://0251.0376.0251.0376/',
      'http://[::ffff:169.254.169.254]/',
      'http://[::ffff:a9fe:a9fe]/',
    ],
    ...[
      'http://2130706433/',
      'http://0x7f000001/',
      'http://0177.0.0.1/',
      'http://127.1/',
      'http://0/',
      'http://[::]:80/',
      'http://017700000001',
    ],
    ...[
      'http://127.0.0.1.nip.io/',
      'http://169.254.169.254.xip.io/',
      'http://a.10-0-0-1.example.com/',
      'http://localtest.me/',
    ],
    ...[
      'gopher://127.0.0.1:6379/_INFO',
      'dict://127.0.0.1:11211/stat',
      'ldap://h:389/x',
      'tftp://h/x',
      'http://[fd00:ec2::254]/',
      'netdoc:///etc/passwd',
    ],
    ...[
      'http://[0:0:0:0:0:ffff:127.0.0.1]/',
      'http://user@169.254.169.254/',
      'http://evil@[::ffff:7f00:1]:80',
    ],
  ];
  for (const text of attacks) {
    it(`blocks ${text}`, () => assert.ok(scoreOf(text) >= 5, found(text).join()));
  }

  const honest = [
    ...[
      'https://example.com/',
      'http://localhost:3000/callback',
      'http://127.0.0.1:8080/',
      'https://192.168.1.10/',
      'http://[::1]:8080/',
    ],
    ...[
      'https://8.8.8.8/',
      'http://203.0.113.5/a.png',
      'ftp://files.example.com/a',
      'wss://example.com/',
      'mailto:a@b.c',
      '//cdn.example.com/a',
    ],
    ...[
      'https://example.com/a?u=https://other.example/b.php',
      'http://1.example.com',
      'https://10.example.com',
      'android-app://com.example',
      'https://0x.org/',
    ],
    ...[
      'https://127.example.com/',
      'https://example.com/latest/meta',
      'app://localhost',
      'https://internal.example.com',
      'https://a.b/x.jpg?',
    ],
  ];
  for (const text of honest) {
    it(`leaves ${text}`, () => assert.ok(scoreOf(text) < 5, found(text).join()));
  }
});
