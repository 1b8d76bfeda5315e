import assert from 'node:assert/strict';
import { it } from 'node:test';
import { type Config, configSchema } from '../../config/schema.ts';
import { describePlan, planParts, type UpPlan } from './plan.ts';

function configure(input: object = {}): Config {
  return configSchema.parse(input);
}

function plan(config: Config, configArgs: readonly string[] = [], nodes = 1): UpPlan {
  const planned = planParts(config, configArgs, nodes);
  assert.ok(planned.ok);
  return planned.value;
}

it('starts the orchestrator first and the node last, on the configured addresses', () => {
  const { parts, omitted } = plan(configure(), ['--config', 'x.toml']);
  assert.deepEqual(
    parts.map(({ args, addresses }) => [
      args.join(' '),
      addresses.map(({ host, port }) => `${host}:${port}`),
    ]),
    [
      ['orchestrator --config x.toml', ['127.0.0.1:3030', '127.0.0.1:9091']],
      ['origin --config x.toml', ['127.0.0.1:8080']],
      ['node --config x.toml', ['127.0.0.1:8443', '127.0.0.1:9090', '127.0.0.1:9999']],
    ],
  );
  assert.deepEqual(omitted, []);
});

it('leaves out what the configuration does not want, and says so', () => {
  const config = configure({
    network: { backend_addr: '127.0.0.1:3000' },
    orchestrator: { enabled: false },
    metrics: { enabled: false },
    management: { enabled: false },
  });
  const planned = plan(config);
  assert.deepEqual(
    planned.parts.map(({ name, ready }) => [name, ready]),
    [['node', { kind: 'tcp', host: '127.0.0.1', port: 8443 }]],
  );
  const text = describePlan(config, planned);
  assert.match(text, /No orchestrator/);
  assert.match(text, /No test origin/);
  assert.doesNotMatch(text, /fleet\/stats|metrics/);
});

it('says what to try with the addresses of the configuration', () => {
  const config = configure({
    network: { listen_addr: '0.0.0.0:9443' },
    fleet: { listen_addr: '[::1]:3031' },
    metrics: { listen_addr: '127.0.0.1:9099' },
  });
  const text = describePlan(config, plan(config));
  assert.match(text, /^ {2}curl -k https:\/\/127\.0\.0\.1:9443\/$/m);
  assert.match(text, /^ {2}curl http:\/\/\[::1\]:3031\/api\/v1\/fleet\/stats$/m);
  assert.match(text, /^ {2}curl http:\/\/127\.0\.0\.1:9099\/metrics$/m);
  assert.match(text, /Ctrl-C/);
});

it('gives further nodes ports, a state folder and a name of their own', () => {
  const config = configure();
  const { parts } = plan(config, [], 3);
  assert.deepEqual(
    parts
      .slice(2)
      .map(({ name, addresses, environment }) => [
        name,
        addresses.map(({ port }) => port),
        environment.SECBEAT__STATE__DIR,
      ]),
    [
      ['node', [8443, 9090, 9999], undefined],
      ['node-2', [8444, 9190, 9998], 'state/node-2'],
      ['node-3', [8445, 9290, 9997], 'state/node-3'],
    ],
  );
  assert.match(describePlan(config, plan(config, [], 2)), /^ {2}node-2 +https:\/\/127\.0\.0\.1:8444\/$/m);
});

it('says what of the configuration only one node can have', () => {
  const nodeId = '6f1b0c58-54a5-4f6c-9a41-0d5f3f9b2a10';
  const cases: readonly (readonly [object, RegExp])[] = [
    [{ orchestrator: { enabled: false } }, /no fleet/],
    [{ orchestrator: { node_id: nodeId } }, /node_id/],
    [{ network: { redirect_listen_addr: '127.0.0.1:8081' } }, /redirect_listen_addr/],
    [{ kernel: { nftables: true } }, /nftables/],
    [{ network: { listen_addr: '127.0.0.1:65535', tls: { tls_port: 65_535 } } }, /no port/],
  ];
  for (const [input, words] of cases) {
    const planned = planParts(configure(input), [], 2);
    assert.ok(!planned.ok);
    assert.match(planned.fault, words);
  }
});
