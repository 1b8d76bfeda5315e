import assert from 'node:assert/strict';
import { it } from 'node:test';
import { type Config, configSchema } from '../../config/schema.ts';
import { describePlan, planParts } from './plan.ts';

function configure(input: object = {}): Config {
  return configSchema.parse(input);
}

it('starts the orchestrator first and the node last, on the configured addresses', () => {
  const { parts, omitted } = planParts(configure(), ['--config', 'x.toml']);
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
  const plan = planParts(config, []);
  assert.deepEqual(
    plan.parts.map(({ name, ready }) => [name, ready]),
    [['node', { kind: 'tcp', host: '127.0.0.1', port: 8443 }]],
  );
  const text = describePlan(config, plan);
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
  const text = describePlan(config, planParts(config, []));
  assert.match(text, /^ {2}curl -k https:\/\/127\.0\.0\.1:9443\/$/m);
  assert.match(text, /^ {2}curl http:\/\/\[::1\]:3031\/api\/v1\/fleet\/stats$/m);
  assert.match(text, /^ {2}curl http:\/\/127\.0\.0\.1:9099\/metrics$/m);
  assert.match(text, /Ctrl-C/);
});
