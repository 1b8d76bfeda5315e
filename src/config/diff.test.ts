import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { diffConfig, keepUntilRestart, needsRestart } from './diff.ts';
import { type Config, defaultConfig } from './schema.ts';

function withWhitelist(...whitelist: readonly string[]): Config {
  const { ddos, ...rest } = defaultConfig();
  return { ...rest, ddos: { ...ddos, blacklist: { ...ddos.blacklist, whitelist } } };
}

describe('diffConfig', () => {
  it('finds nothing between equals', () => {
    assert.deepEqual(diffConfig(defaultConfig(), defaultConfig()), []);
    assert.deepEqual(diffConfig(withWhitelist('::1'), withWhitelist('::1')), []);
  });

  it('finds values that differ, appear and disappear', () => {
    const before = defaultConfig();
    const after: Config = {
      ...withWhitelist('::1'),
      network: { ...before.network, workers: 2 },
      logging: { ...before.logging, file_path: 'node.log' },
    };
    const changed = ['network.workers', 'ddos.blacklist.whitelist', 'logging.file_path'];
    assert.deepEqual(diffConfig(before, after), changed);
    assert.deepEqual(diffConfig(after, before), changed);
    assert.deepEqual(changed.filter(needsRestart), ['network.workers', 'logging.file_path']);
  });

  it('finds a list whose order changed', () => {
    const path = 'ddos.blacklist.whitelist';
    assert.deepEqual(diffConfig(withWhitelist('::1', '::2'), withWhitelist('::2', '::1')), [path]);
    assert.deepEqual(diffConfig(withWhitelist('::1'), withWhitelist('::1', '::2')), [path]);
  });
});

it('what waits for a restart stays as it runs, and everything else is taken', () => {
  const running: Config = {
    ...defaultConfig(),
    logging: { ...defaultConfig().logging, file_path: 'node.log' },
  };
  const { network, ...rest } = withWhitelist('::1');
  const wanted: Config = {
    ...rest,
    network: { ...network, workers: 2, buffer_size: 4096, tls: { ...network.tls, enabled: false } },
  };
  const inForce = keepUntilRestart(running, wanted);
  assert.deepEqual(diffConfig(running, inForce), ['network.buffer_size', 'ddos.blacklist.whitelist']);
  assert.deepEqual(diffConfig(inForce, wanted), [
    'network.workers',
    'network.tls.enabled',
    'logging.file_path',
  ]);
  assert.equal(wanted.network.workers, 2);
});
