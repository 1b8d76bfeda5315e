import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { builtinOf, judgeHead } from '../testing/judging.ts';

const rules = builtinOf();

function idsOfAgent(agent: string): string[] {
  return judgeHead(rules, '/', [['user-agent', agent]]).matches.map(({ ruleId }) => ruleId);
}

describe('scanners by their name', () => {
  const scanners = [
    'sqlmap/1.8#stable (https://sqlmap.org)',
    'Mozilla/5.00 (Nikto/2.5.0) (Evasions:None)',
    'gobuster/3.6',
    'Fuzz Faster U Fool v2.1.0',
    'Mozilla/5.0 (compatible; Nmap Scripting Engine; https://nmap.org/book/nse.html)',
    'Nuclei - Open-source project (github.com/projectdiscovery/nuclei)',
    'WPScan v3.8.25 (https://wpscan.com/wordpress-security-scanner)',
  ];
  for (const agent of scanners) {
    it(`knows ${agent}`, () => assert.deepEqual(idsOfAgent(agent), ['scanner-agent']));
  }

  const others = [
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0',
    'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Version/17.5 Safari/604.1',
    'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
    'curl/8.8.0',
    'python-requests/2.32.3',
    'Dirbyte/1.0',
  ];
  for (const agent of others) {
    it(`leaves ${agent}`, () => assert.deepEqual(idsOfAgent(agent), []));
  }

  it('looks at User-Agent only', () => {
    assert.deepEqual(judgeHead(rules, '/', [['x-note', 'sqlmap/1.8#stable']]).matches, []);
  });
});

describe('pages that scanners ask for', () => {
  const probes = [
    ...[
      '/.git/config',
      '/.env',
      '/app/.env.production',
      '/.svn/entries',
      '/wp-config.php.bak',
      '/wp-config.php~',
      '/phpinfo.php',
    ],
    ...[
      '/.htpasswd',
      '/.aws/credentials',
      '/index.php.bak',
      '/.DS_Store',
      '/WEB-INF/web.xml',
      '/web.config',
      '/.ssh/id_rsa',
    ],
  ];
  for (const path of probes) {
    it(`blocks ${path}`, () => assert.ok(judgeHead(rules, path).score >= 5));
  }

  const honest = [
    '/',
    '/environment',
    '/git/config',
    '/.well-known/acme-challenge/x',
    '/phpinfo',
    '/blog/wp-config',
    '/a.git',
    '/x.env.html',
  ];
  for (const path of honest) {
    it(`leaves ${path}`, () => assert.deepEqual(judgeHead(rules, path).matches, []));
  }
});
