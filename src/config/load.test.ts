import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fail, ok } from '../core/result.ts';
import type { Environment } from './environment.ts';
import { FINDINGS_MAX, formatFault } from './fault.ts';
import { loadConfig } from './load.ts';
import { locateConfig } from './location.ts';
import { defaultConfig } from './schema.ts';

const encoder = new TextEncoder();

function load(text: string, env: Environment = {}): ReturnType<typeof loadConfig> {
  return loadConfig({ path: 'x.toml', explicit: true, env, readFile: () => ok(encoder.encode(text)) });
}

/** The faults as people see them; empty for a valid text. */
function faultsOf(text: string, env: Environment = {}): readonly string[] {
  const loaded = load(text, env);
  return loaded.ok ? [] : loaded.fault.map(formatFault);
}

function warningsOf(text: string): readonly string[] {
  const loaded = load(text);
  assert.ok(loaded.ok, faultsOf(text).join('\n'));
  return loaded.value.warnings.map(({ path }) => path);
}

describe('locateConfig', () => {
  it('prefers the option to the environment and the environment to the default', () => {
    const env = { SECBEAT_CONFIG: 'env.toml' };
    assert.deepEqual(locateConfig('option.toml', env), { path: 'option.toml', explicit: true });
    assert.deepEqual(locateConfig(undefined, env), { path: 'env.toml', explicit: true });
    assert.deepEqual(locateConfig(undefined, {}), { path: 'config/default.toml', explicit: false });
    assert.deepEqual(locateConfig(undefined, { SECBEAT_CONFIG: '' }).explicit, false);
  });
});

describe('loadConfig', () => {
  const missing = () => fail({ kind: 'missing', message: 'does not exist' } as const);
  const broken = () => fail({ kind: 'unreadable', message: 'cannot be read: EACCES' } as const);

  it('takes the defaults where nothing is written', () => {
    const loaded = load('');
    assert.ok(loaded.ok);
    assert.deepEqual(loaded.value, { config: defaultConfig(), file: 'x.toml', warnings: [] });
  });

  it('takes the defaults where the default file does not exist, and the environment on top', () => {
    const env = { SECBEAT__NETWORK__WORKERS: '3' };
    const loaded = loadConfig({ path: 'config/default.toml', explicit: false, env, readFile: missing });
    assert.ok(loaded.ok);
    assert.equal(loaded.value.file, null);
    assert.equal(loaded.value.config.network.workers, 3);
  });

  it('refuses a file that was named and does not exist, and any that cannot be read', () => {
    const named = loadConfig({ path: 'x.toml', explicit: true, env: {}, readFile: missing });
    const unreadable = loadConfig({ path: 'x.toml', explicit: false, env: {}, readFile: broken });
    assert.deepEqual(
      [named, unreadable].map((loaded) => (loaded.ok ? '' : loaded.fault.map(formatFault).join())),
      ['x.toml: does not exist', 'x.toml: cannot be read: EACCES'],
    );
  });

  it('hands out a frozen configuration', () => {
    const loaded = load('ddos.blacklist.whitelist = ["::1"]');
    assert.ok(loaded.ok && Object.isFrozen(loaded.value.config.ddos.blacklist.whitelist));
  });

  it('lets the environment win, also over a value that is wrong', () => {
    const loaded = load('network.workers = "many"', { SECBEAT__NETWORK__WORKERS: '2' });
    assert.ok(loaded.ok && loaded.value.config.network.workers === 2);
  });

  it('follows the listener with the port of TLS', () => {
    const loaded = load('network.listen_addr = "127.0.0.1:8444"');
    assert.ok(loaded.ok && loaded.value.config.network.tls.tls_port === 8444);
  });

  it('fills in references before it checks', () => {
    const loaded = load(`network.backend_addr = "\${HOST}:\${PORT:-81}"`, { HOST: 'origin' });
    assert.ok(loaded.ok && loaded.value.config.network.backend_addr === 'origin:81');
  });

  it('says where the text stops being TOML', () => {
    assert.match(
      faultsOf('[network]\nworkers = 1\nworkers = = 2\n')[0] ?? '',
      /^x\.toml:3:\d+: is not valid TOML: /,
    );
    assert.deepEqual(faultsOf('a = "\n').length, 1);
  });

  it('reports all faults of a file at once, in its order, each with its line', () => {
    const text = `[network]
listen_adr = "127.0.0.1:1"
workers = 257
trusted_proxies = [
  "10.0.0.0/8",
  "10.0.0.1/8",
]
[ddos]
burst_size = 3
[waf]
mode = "shout"
[orchestrator]
token = "two words"
[state]
dir = "\${NOWHERE}"
`;
    assert.deepEqual(faultsOf(text, { SECBEAT__HTTP__HEADER_COUNT_MAX: 'few' }), [
      'x.toml:2: network.listen_adr: is not a known key (did you mean listen_addr?)',
      'x.toml:3: network.workers: must be a whole number from 0 to 256, not 257',
      'x.toml:6: network.trusted_proxies[1]: has bits set behind its prefix: "10.0.0.1/8" (write 10.0.0.0/8)',
      'x.toml:9: ddos.burst_size: is not a known key (burst_size belongs to [ddos.rate_limiting])',
      'x.toml:11: waf.mode: must be "block", "monitor" or "off", not "shout"',
      'x.toml:13: orchestrator.token: must consist of visible ASCII characters without spaces',
      `x.toml:15: state.dir: needs the environment variable NOWHERE, which is not set (set it, or write \${NOWHERE:-default})`,
      'SECBEAT__HTTP__HEADER_COUNT_MAX: http.header_count_max: must be a whole number from 1 to 10000, not "few"',
    ]);
  });

  it('names the table, the key and the line of a fault in a list of tables', () => {
    const text = `[[waf.routes]]
path = "/admin"
[[waf.routes]]
mod = "block"
[[waf.routes]]
path = "/api"
paranoia_level = 9
exceptions = ["942100", "?"]
`;
    assert.deepEqual(faultsOf(text), [
      'x.toml:3: waf.routes[1]: needs path',
      'x.toml:4: waf.routes[1].mod: is not a known key (did you mean mode?)',
      'x.toml:7: waf.routes[2].paranoia_level: must be a whole number from 1 to 4, not 9',
      'x.toml:8: waf.routes[2].exceptions[1]: must begin with the id of a rule or tag:NAME (such as xss-script-tag)',
    ]);
  });

  it('keeps the number of faults in bounds and counts the rest', () => {
    const text = Array.from({ length: FINDINGS_MAX + 5 }, (_, index) => `nothing${index} = 1`).join('\n');
    const faults = faultsOf(text);
    assert.equal(faults.length, FINDINGS_MAX + 1);
    assert.equal(faults.at(-1), 'x.toml: has 5 more faults');
  });

  it('never shows a secret in a fault', () => {
    assert.doesNotMatch(faultsOf('management.auth_token = 12345678').join(), /12345678/);
    assert.doesNotMatch(faultsOf('fleet.token = "se cret"').join(), /cret/);
    assert.doesNotMatch(faultsOf('fleet.tokn = "secret"\nfleet.token = "secret').join(), /secret/);
  });
});

describe('unknown names', () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ['[netwrok]', /^x\.toml:1: netwrok: is not a known section \(did you mean network\?\)$/],
    ['[ddos.ratelimiting]', /did you mean rate_limiting\?/],
    ['[rate_limiting]', /rate_limiting belongs to \[ddos\]/],
    ['[syn_proxy]', /left to the kernel/],
    ['[platform]', /remove it/],
    ['network.public_interface = "eth0"', /write network\.listen_addr instead/],
    ['network.connection_timeout_seconds = 1', /write connection_timeout, which counts seconds/],
    ['orchestrator.heartbeat.interval_seconds = 1', /write interval, which counts seconds/],
    ['network.max_conections_per_ip = 1', /max_connections_per_ip belongs to \[ddos\.connection_limits\]/],
    ['network = 1', /network: is a section, not a key/],
    ['[[network]]', /network: is a section, not a key/],
    ['network.workers.count = 1', /network\.workers: must be a whole number from 0 to 256, not a table/],
    ['network.workers = []', /not a list/],
    ['network.workers = 1979-05-27', /not a date/],
    ['network.workers = 9223372036854775807', /not a number beyond/],
    ['network.workers = "4"', /write it without quotes, or set SECBEAT__NETWORK__WORKERS/],
    ['__proto__.polluted = 1', /__proto__: is not a known section/],
    ['[network]\nconstructor = 1', /network\.constructor: is not a known key/],
    ['"a\\u001b[31m\\n" = 1', /"a\\u001b\[31m\\n": is not a known key/],
  ];
  for (const [text, expected] of cases) {
    it(`explains ${JSON.stringify(text)}`, () => {
      const faults = faultsOf(text);
      assert.equal(faults.length, 1, faults.join('\n'));
      assert.match(faults[0] ?? '', expected);
    });
  }

  it('leave the prototype of objects alone', () => {
    faultsOf('__proto__.polluted = 1\nnetwork.__proto__.polluted = 1');
    assert.equal('polluted' in {}, false);
  });
});

describe('combinations', () => {
  const refused: readonly (readonly [string, string])[] = [
    ['network.tls.tls_port = 8444', 'network.tls.tls_port'],
    ['network = { listen_addr = "127.0.0.1:1", tls = { tls_port = 2 } }', 'network.tls.tls_port'],
    ['network.tls = { min_version = "1.3", max_version = "1.2" }', 'network.tls.min_version'],
    ['network.backend_addr = "localhost:8443"', 'network.backend_addr'],
    ['ddos.connection_limits.max_total_connections = 9', 'ddos.connection_limits.max_connections_per_ip'],
    ['ddos.blacklist.max_blacklist_duration_seconds = 60', 'ddos.blacklist.blacklist_duration'],
    ['http.buffered_body_bytes_total_max = 1000', 'waf.http_inspection.max_body_size'],
    ['orchestrator.heartbeat.timeout = 30', 'orchestrator.heartbeat.timeout'],
    ['orchestrator.heartbeat.interval = 10', 'orchestrator.heartbeat.timeout'],
    ['fleet.listen_addr = "0.0.0.0:3030"', 'fleet.listen_addr'],
    ['fleet.listen_addr = "[::]:3030"', 'fleet.listen_addr'],
    ['fleet.metrics_addr = "localhost:3030"', 'fleet.metrics_addr'],
    ['metrics.listen_addr = "127.0.0.1:8443"', 'metrics.listen_addr'],
    ['metrics.listen_addr = "0.0.0.0:9999"', 'management.listen_addr'],
    ['management.listen_addr = "127.0.0.1:8443"', 'management.listen_addr'],
    ['nats.user = "x"', 'nats.password'],
    ['nats = { token = "x", creds_path = "y" }', 'nats.creds_path'],
    ['waf.attack_patterns.custom_patterns = ["ok", "(?=no)"]', 'waf.attack_patterns.custom_patterns[1]'],
    ['orchestrator.server_url = "http://user:word@127.0.0.1"', 'orchestrator.server_url'],
    ['orchestrator.server_urls = ["https://b"]', 'orchestrator.server_urls'],
    ['orchestrator.server_url = "ftp://127.0.0.1"', 'orchestrator.server_url'],
    ['orchestrator = { server_url = "http://127.0.0.1", ca_path = "x" }', 'orchestrator.server_url'],
    ['orchestrator = { server_url = "https://a", enrolment_token = "b" }', 'orchestrator.enrolment_token'],
    [
      `orchestrator = { server_url = "https://a", ca_path = "b", ca_fingerprint = "${'0'.repeat(64)}" }`,
      'orchestrator.ca_fingerprint',
    ],
    ['orchestrator.ca_fingerprint = "12:34"', 'orchestrator.ca_fingerprint'],
    ['fleet.min_fleet_size = 11', 'fleet.min_fleet_size'],
    ['fleet.scale_up_cpu_threshold = 80', 'fleet.scale_up_cpu_threshold'],
    ['fleet.scale_down_cpu_threshold = 0.8', 'fleet.scale_down_cpu_threshold'],
    ['fleet.provisioning_webhook_url = "http://10.0.0.1/provision"', 'fleet.provisioning_webhook_url'],
    ['fleet.tls.names = ["https://a"]', 'fleet.tls.names[0]'],
    ['orchestrator.server_url = "http://127.0.0.1/?a"', 'orchestrator.server_url'],
    ['network.backend_addr = "127.0.0.1:0"', 'network.backend_addr'],
  ];
  for (const [text, path] of refused) {
    it(`refuses ${text}`, () => {
      const loaded = load(text);
      assert.ok(!loaded.ok);
      assert.deepEqual(
        loaded.fault.map((fault) => [fault.file, fault.line, fault.path]),
        [['x.toml', 1, path]],
      );
    });
  }

  const accepted = [
    'network = { listen_addr = "0.0.0.0:443", tls = { tls_port = 443 } }',
    'network.tls = { enabled = false, tls_port = 1 }',
    'network = { listen_addr = "127.0.0.1:0", tls = { tls_port = 0 } }',
    'metrics = { enabled = false, listen_addr = "127.0.0.1:9999" }',
    'metrics.listen_addr = "127.0.0.1:0"\nmanagement.listen_addr = "127.0.0.1:0"',
    'metrics.listen_addr = "127.0.0.2:9999"',
    'fleet = { listen_addr = "0.0.0.0:3030", tls.enabled = true }',
    'fleet.provisioning_webhook_url = "http://127.0.0.1:8000/provision"',
    'fleet.provisioning_webhook_url = "https://receiver.example/provision"',
    'orchestrator = { server_url = "https://fleet.example", enrolment_token = "a", ca_path = "ca.pem" }',
    'http = { header_bytes_max = 4096, target_bytes_max = 8192 }',
    'origin.listen_addr = "127.0.0.1:8443"',
    'http.buffered_body_bytes_total_max = 1000\nwaf.enabled = false',
  ];
  for (const text of accepted) {
    it(`accepts ${text}`, () => assert.deepEqual(faultsOf(text), []));
  }

  it('blames the environment where it made the combination', () => {
    assert.match(
      faultsOf('', { SECBEAT__NETWORK__TLS__TLS_PORT: '1' })[0] ?? '',
      /^SECBEAT__NETWORK__TLS__TLS_PORT: /,
    );
  });

  it('are judged among sound values only', () => {
    const text = 'network.listen_addr = "nowhere"\nnetwork.tls.tls_port = 1\nnats.replicas = 9';
    const loaded = load(text);
    assert.deepEqual(loaded.ok ? [] : loaded.fault.map((fault) => fault.path), [
      'network.listen_addr',
      'nats.replicas',
    ]);
  });

  it('warn of what is allowed but dangerous', () => {
    assert.deepEqual(warningsOf('management.listen_addr = "0.0.0.0:9999"'), ['management.listen_addr']);
    assert.deepEqual(warningsOf('network = { listen_addr = "0.0.0.0:80", tls.enabled = false }'), [
      'network.tls.enabled',
    ]);
    assert.deepEqual(warningsOf('orchestrator = { server_url = "http://192.0.2.1:3030", token = "abc" }'), [
      'orchestrator.server_url',
    ]);
    assert.deepEqual(warningsOf('network.trusted_proxies = ["::/0"]'), ['network.trusted_proxies']);
    assert.deepEqual(warningsOf('ddos.blacklist.whitelist = ["0.0.0.0/0"]'), ['ddos.blacklist.whitelist']);
    assert.deepEqual(warningsOf('orchestrator = { server_url = "http://[::1]:3030", token = "abc" }'), []);
  });
});
