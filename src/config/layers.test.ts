import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ok } from '../core/result.ts';
import type { Environment } from './environment.ts';
import { formatFault } from './fault.ts';
import type { LayerText } from './layers.ts';
import { loadConfig } from './load.ts';
import type { Config } from './schema.ts';

const encoder = new TextEncoder();

function load(
  file: string,
  layers: readonly LayerText[],
  env: Environment = {},
): ReturnType<typeof loadConfig> {
  const readFile = () => ok(encoder.encode(file));
  return loadConfig({ path: 'x.toml', explicit: true, env, readFile, layers });
}

function configOf(file: string, layers: readonly LayerText[], env: Environment = {}): Config {
  const loaded = load(file, layers, env);
  assert.ok(loaded.ok, faultsOf(file, layers).join('\n'));
  return loaded.value.config;
}

function faultsOf(file: string, layers: readonly LayerText[]): readonly string[] {
  const loaded = load(file, layers);
  return loaded.ok ? [] : loaded.fault.map(formatFault);
}

const layer = (toml: string, scope = 'fleet', revision = 7): LayerText => ({ scope, revision, toml });
const rates = (text: string): string => `[ddos.rate_limiting]\n${text}\n`;

describe('layers of policy', () => {
  it('lie over the file, the later over the earlier, key by key', () => {
    const { ddos, waf } = configOf(
      `${rates('requests_per_second = 1\nburst_size = 1\nwindow_seconds = 9')}`,
      [
        layer(`${rates('requests_per_second = 2\nburst_size = 2')}[waf]\nmode = "monitor"\n`),
        layer(rates('burst_size = 3'), 'group:edge', 4),
      ],
    );
    const { requests_per_second, burst_size, window_seconds } = ddos.rate_limiting;
    assert.deepEqual([requests_per_second, burst_size, window_seconds], [2, 3, 9]);
    assert.equal(waf.mode, 'monitor');
  });

  it('never put a default in the place of what the file says', () => {
    const { ddos } = configOf(rates('burst_size = 1'), [layer(rates('requests_per_second = 2'))]);
    assert.equal(ddos.rate_limiting.burst_size, 1);
  });

  it('replace lists as a whole', () => {
    const file = '[[limits]]\nname = "a"\nrate = 3\n[ddos.blacklist]\nwhitelist = ["192.0.2.1"]\n';
    const { limits, ddos } = configOf(file, [
      layer('[[limits]]\nname = "b"\n[ddos.blacklist]\nwhitelist = ["192.0.2.2", "192.0.2.3"]\n'),
    ]);
    assert.deepEqual(
      limits.map(({ name, rate }) => [name, rate]),
      [['b', 10]],
    );
    assert.deepEqual(ddos.blacklist.whitelist, ['192.0.2.2', '192.0.2.3']);
  });

  it('leave the last word to the environment of the node', () => {
    const env = { SECBEAT__DDOS__RATE_LIMITING__BURST_SIZE: '5' };
    const { ddos } = configOf('', [layer(rates('burst_size = 3'))], env);
    assert.equal(ddos.rate_limiting.burst_size, 5);
  });

  it('are refused with every fault, each with revision, scope and line', () => {
    assert.deepEqual(
      faultsOf('', [
        layer(rates('burst_size = -1')),
        layer('[state]\ndir = "/x"\n[waf]\nmod = 1\n', 'group:edge', 4),
      ]),
      [
        'policy 7 (fleet):2: ddos.rate_limiting.burst_size: must be a whole number from 0 to 10000000, not -1',
        'policy 4 (group:edge):2: state.dir: belongs to one node and cannot come by policy (write it into the configuration file of the node)',
        'policy 4 (group:edge):4: waf.mod: is not a known key (did you mean mode?)',
      ],
    );
  });

  it('are held against the file, and the fault is where it was written last', () => {
    const file = '[ddos.connection_limits]\nmax_total_connections = 20\n';
    const policy = layer('# by hand\n[ddos.connection_limits]\nmax_connections_per_ip = 30\n');
    assert.deepEqual(faultsOf(file, [policy]), [
      'policy 7 (fleet):3: ddos.connection_limits.max_connections_per_ip: is above max_total_connections, which is 20, and could never be reached',
    ]);
    const larger = '[ddos.connection_limits]\nmax_connections_per_ip = 30\n';
    const smaller = layer('[ddos.connection_limits]\nmax_total_connections = 20\n');
    assert.deepEqual(
      faultsOf(larger, [smaller]),
      faultsOf(file, [policy]).map((fault) => fault.replace(':3:', ':2:')),
    );
    const other = layer('[ddos.connection_limits]\nmax_total_connections = 5\n');
    assert.deepEqual(faultsOf('', [other]), [
      'policy 7 (fleet):2: ddos.connection_limits.max_connections_per_ip: is above max_total_connections, which is 5, and could never be reached',
    ]);
  });
});
