import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CONFIG_KEYS, type ConfigKey } from './keys.ts';
import { isPolicyKey, parsePolicyText } from './policy-text.ts';

function faultsOf(text: string): readonly string[] {
  const parsed = parsePolicyText(text);
  return parsed.ok ? [] : parsed.fault;
}

describe('the text of a policy', () => {
  it('holds a part of the configuration, and gives its tables as they were written', () => {
    const parsed = parsePolicyText('[waf]\nmode = "monitor"\n[ddos.rate_limiting]\nburst_size = 7\n');
    assert.ok(parsed.ok);
    assert.deepEqual(JSON.parse(JSON.stringify(parsed.value)), {
      waf: { mode: 'monitor' },
      ddos: { rate_limiting: { burst_size: 7 } },
    });
  });

  it('may be empty', () => {
    assert.deepEqual(faultsOf(''), []);
    assert.deepEqual(faultsOf('# nothing yet\n'), []);
  });

  it('is refused with every fault at once, each with its line', () => {
    const text = `[network]
listen_addr = "0.0.0.0:443"
buffer_size = 1
[waf]
mod = "block"
inbound_anomaly_threshold = "high"
[state]
dir = "/elsewhere"
[logging]
file_path = "/tmp/log"
level = "loud"
[network.tls]
key_path = "/etc/shadow"
`;
    assert.deepEqual(
      faultsOf(text).map((line) => line.replace(/(must be).*$/, '$1 ...')),
      [
        'policy:2: network.listen_addr: takes effect at a restart only, so it cannot come by policy (write it into the configuration file of the node)',
        'policy:3: network.buffer_size: must be ...',
        'policy:5: waf.mod: is not a known key (did you mean mode?)',
        'policy:6: waf.inbound_anomaly_threshold: must be ...',
        'policy:8: state.dir: belongs to one node and cannot come by policy (write it into the configuration file of the node)',
        'policy:10: logging.file_path: names a file on the machine of a node, so it cannot come by policy (write it into the configuration file of the node)',
        'policy:11: logging.level: must be ...',
        'policy:13: network.tls.key_path: names a file on the machine of a node, so it cannot come by policy (write it into the configuration file of the node)',
      ],
    );
  });

  it('says where it stops being TOML', () => {
    assert.match(faultsOf('[waf]\nmode = = 1\n')[0] ?? '', /^policy:2:\d+: is not valid TOML: /);
  });

  it('takes nothing from the environment of a node', () => {
    const line = 'request_headers = ["X-Key: $' + '{SECRET}"]';
    const text = `[[sites]]\nname = "a"\norigins = [{ url = "http://127.0.0.1:1" }]\n${line}\n`;
    assert.match(faultsOf(text).join('\n'), /^policy:4: sites\[0\]\.request_headers\[0\]: has a \$\{, and/);
  });

  it('names no file of a node, wherever in the schema it would stand', () => {
    const origin = '[[sites]]\nname = "a"\n[[sites.origins]]\nurl = "https://127.0.0.1:1"\n';
    const files: readonly (readonly [path: string, text: string])[] = [
      ['waf.audit.path', '[waf.audit]\npath = "/etc/cron.d/x"'],
      ['waf.seclang', '[waf]\nseclang = ["/etc/*"]'],
      ['geo.country_paths', '[geo]\ncountry_paths = ["/etc/passwd"]'],
      ['logging.file_path', '[logging]\nfile_path = "/bin/sh"'],
      ['lists[0].path', '[[lists]]\nname = "a"\npath = "/etc/passwd"'],
      ['sites[0].origins[0].key_path', `${origin}key_path = "/etc/shadow"\ncert_path = "/etc/shadow"`],
      ['sites[0].origins[0].ca_path', `${origin}ca_path = "/etc/shadow"`],
      ['sites[0].origins[0].ca_path', '[[sites]]\norigins = [{ ca_path = "/etc/shadow" }]'],
    ];
    for (const [path, text] of files) {
      const faults = faultsOf(text);
      assert.ok(
        faults.some((line) => line.includes(`${path}: names a file`)),
        faults.join('\n'),
      );
    }
  });

  it('knows every key that names a file', () => {
    const all = (keys: readonly ConfigKey[]): readonly ConfigKey[] =>
      keys.flatMap((key) => [key, ...all(key.entries)]);
    const paths = all(CONFIG_KEYS).filter(({ expectedEntry }) => expectedEntry === 'a path');
    assert.ok(paths.length > 10);
    assert.deepEqual(paths.filter(isPolicyKey), []);
    // Whatever else is called so has a meaning of its own: a path within a site, or addresses to be asked.
    const others = all(CONFIG_KEYS).filter((key) => /(?:path|paths|file|dir)$/.test(key.name) && !key.file);
    assert.deepEqual(
      others.filter(({ expectedEntry }) => !/^a path that begins with \//.test(expectedEntry)),
      [],
    );
  });

  it('is held against itself, but not against what it leaves to the layers below', () => {
    const both = '[ddos.connection_limits]\nmax_connections_per_ip = 9\nmax_total_connections = 3\n';
    assert.match(faultsOf(both).join(), /^policy:2: .*is above max_total_connections, which is 3/);
    assert.deepEqual(faultsOf('[ddos.connection_limits]\nmax_total_connections = 3\n'), []);
  });

  it('holds nothing that waits for a restart and no address to listen on', () => {
    const allowed = CONFIG_KEYS.filter(isPolicyKey);
    assert.deepEqual(
      allowed.filter(({ restart, path }) => restart || path.includes('listen')),
      [],
    );
    for (const section of ['waf', 'ddos', 'limits', 'sites', 'http', 'lists', 'upstream']) {
      assert.ok(allowed.some(({ path }) => path === section || path.startsWith(`${section}.`)));
    }
  });
});
