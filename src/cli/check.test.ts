import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ReadFile } from '../config/config-file.ts';
import { fail, ok } from '../core/result.ts';
import { checkCommand, checkConfig } from './check.ts';

function fileOf(text: string): ReadFile {
  return () => ok(new TextEncoder().encode(text));
}

describe('secbeat check', () => {
  it('says that a configuration is valid', () => {
    const report = checkConfig({ config: 'a.toml' }, {}, fileOf(''));
    assert.deepEqual(report, { exitCode: 0, output: 'a.toml is valid\n', complaints: '' });
  });

  it('says that the defaults apply where there is no file', () => {
    const missing: ReadFile = () => fail({ kind: 'missing', message: 'does not exist' });
    const report = checkConfig({}, {}, missing);
    assert.equal(report.exitCode, 0);
    assert.match(report.output, /^config\/default\.toml does not exist; the built-in defaults are valid\n$/);
    assert.equal(checkConfig({}, { SECBEAT_CONFIG: 'a.toml' }, missing).exitCode, 1);
  });

  it('lists every fault on a line of its own', () => {
    const report = checkConfig(
      { config: 'a.toml', print: true },
      {},
      fileOf('x = 1\nnetwork.workers = -1\n'),
    );
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
    const { output } = checkConfig({ config: 'a.toml', print: true }, {}, file);
    assert.match(output, /^# a\.toml is valid\n/);
    assert.match(output, /^workers = 3$/m);
    assert.match(output, /^token = "\*+"$/m);
    assert.doesNotMatch(output, /hunter2/);
    assert.equal(checkConfig({}, {}, fileOf(output)).exitCode, 0);
  });

  it('warns without failing', () => {
    const report = checkConfig({}, {}, fileOf('management.listen_addr = "0.0.0.0:9999"'));
    assert.equal(report.exitCode, 0);
    assert.match(
      report.complaints,
      /^warning: config\/default\.toml:1: management\.listen_addr: is reachable/,
    );
  });

  it('has its options in the help', () => {
    assert.match(checkCommand().helpInformation(), /--config <file>[\s\S]*--print/);
  });
});
