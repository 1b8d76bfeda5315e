import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ReadFile } from '../config/config-file.ts';
import type { Environment } from '../config/environment.ts';
import { fail, ok } from '../core/result.ts';
import { memoryFiles } from '../waf/seclang/testing/memory-files.ts';
import { type CheckReport, type CheckRequest, checkCommand, checkConfig } from './check.ts';

function fileOf(text: string): ReadFile {
  return () => ok(new TextEncoder().encode(text));
}

function check(
  request: CheckRequest,
  env: Environment,
  readFile: ReadFile,
  rules: Readonly<Record<string, string>> = {},
): CheckReport {
  return checkConfig(request, env, readFile, memoryFiles(rules));
}

describe('secbeat check', () => {
  it('says that a configuration is valid', () => {
    const report = check({ config: 'a.toml' }, {}, fileOf(''));
    assert.deepEqual(report, { exitCode: 0, output: 'a.toml is valid\n', complaints: '' });
  });

  it('says that the defaults apply where there is no file', () => {
    const missing: ReadFile = () => fail({ kind: 'missing', message: 'does not exist' });
    const report = check({}, {}, missing);
    assert.equal(report.exitCode, 0);
    assert.match(report.output, /^config\/default\.toml does not exist; the built-in defaults are valid\n$/);
    assert.equal(check({}, { SECBEAT_CONFIG: 'a.toml' }, missing).exitCode, 1);
  });

  it('lists every fault on a line of its own', () => {
    const report = check({ config: 'a.toml', print: true }, {}, fileOf('x = 1\nnetwork.workers = -1\n'));
    assert.equal(report.exitCode, 1);
    assert.equal(report.output, '');
    assert.deepEqual(report.complaints.split('\n'), [
      'a.toml:1: x: is not a known key',
      'a.toml:2: network.workers: must be a whole number from 0 to 256, not -1',
      '',
    ]);
  });

  it('prints what is in force, with secrets masked', () => {
    const file = fileOf('fleet.token = "hunter2"\nnetwork.workers = 3\n');
    const { output } = check({ config: 'a.toml', print: true }, {}, file);
    assert.match(output, /^# a\.toml is valid\n/);
    assert.match(output, /^workers = 3$/m);
    assert.match(output, /^token = "\*+"$/m);
    assert.doesNotMatch(output, /hunter2/);
    assert.equal(check({}, {}, fileOf(output)).exitCode, 0);
  });

  it('warns of a certificate that a node for others lacks here', () => {
    const reading =
      (text: string): ReadFile =>
      (path) =>
        path === 'a.toml' ? fileOf(text)(path) : fail({ kind: 'missing', message: 'does not exist' });
    const open = '[network]\nlisten_addr = "0.0.0.0:8443"\n';
    const report = check({ config: 'a.toml' }, {}, reading(open));
    assert.equal(report.exitCode, 0);
    assert.match(
      report.complaints,
      /^warning: network\.tls: certs\/cert\.pem and certs\/key\.pem do not exist/,
    );
    const acme = '[acme]\nenabled = true\nterms_agreed = true\nnames = ["a.example"]\n';
    for (const text of ['', `${open}${acme}`]) {
      assert.equal(check({ config: 'a.toml' }, {}, reading(text)).complaints, '', text);
    }
  });

  it('warns without failing', () => {
    const report = check({}, {}, fileOf('management.listen_addr = "0.0.0.0:9999"'));
    assert.equal(report.exitCode, 0);
    assert.match(
      report.complaints,
      /^warning: config\/default\.toml:1: management\.listen_addr: is reachable/,
    );
  });

  it('reads the rule files that the configuration names', () => {
    const file = fileOf('waf.seclang = ["/rules/own.conf"]');
    const missing = check({}, {}, file);
    assert.equal(missing.exitCode, 1);
    assert.match(missing.complaints, /\/rules\/own\.conf/);
    const broken = check({}, {}, file, { '/rules/own.conf': '\nSecRule ARGS "@rx (" "id:1"\n' });
    assert.equal(broken.exitCode, 1);
    assert.match(broken.complaints, /^\/rules\/own\.conf:2: /);
    const sound = { '/rules/own.conf': 'SecRule ARGS "@rx a" "id:1,phase:2,deny"\n' };
    assert.equal(check({}, {}, file, sound).exitCode, 0);
  });

  it('tells which site answers to what, in the order in which sites are looked up', () => {
    const site = (name: string, rest: string) =>
      `[[sites]]\nname = "${name}"\n${rest}\n[[sites.origins]]\nurl = "http://127.0.0.1:1"\n`;
    const named = [
      site('wild', 'hosts = ["*.example.org"]'),
      site('www', 'hosts = ["www.example.org", "example.org"]'),
      site('shop', 'hosts = ["www.example.org"]\npath = "/shop"'),
    ].join('');
    assert.deepEqual(check({ config: 'a.toml' }, {}, fileOf(named)).output.split('\n'), [
      'a.toml is valid',
      'Sites, the first that fits counts:',
      '  example.org/          www   http://127.0.0.1:1',
      '  www.example.org/shop  shop  http://127.0.0.1:1',
      '  www.example.org/      www   http://127.0.0.1:1',
      '  *.example.org/        wild  http://127.0.0.1:1',
      '  anything else         answered 404',
      '',
    ]);
    const whole = check({}, {}, fileOf(named + site('rest', ''))).output;
    assert.match(whole, /^ {2}any host\/ {13}rest {2}http/m);
    assert.doesNotMatch(whole, /404/);
  });

  it('has its options in the help', () => {
    assert.match(checkCommand().helpInformation(), /--config <file>[\s\S]*--print/);
  });
});
