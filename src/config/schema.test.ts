import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { configSchema, defaultConfig } from './schema.ts';

describe('defaultConfig', () => {
  it('listens on loopback only, with the ports that are documented', () => {
    const { network, metrics, management, fleet, origin, orchestrator } = defaultConfig();
    assert.deepEqual(
      [network.listen_addr, network.backend_addr, origin.listen_addr, metrics.listen_addr],
      ['127.0.0.1:8443', '127.0.0.1:8080', '127.0.0.1:8080', '127.0.0.1:9090'],
    );
    assert.deepEqual(
      [management.listen_addr, fleet.listen_addr, fleet.metrics_addr, orchestrator.server_url],
      ['127.0.0.1:9999', '127.0.0.1:3030', '127.0.0.1:9091', 'http://127.0.0.1:3030'],
    );
  });

  it('limits as documented and exempts nobody', () => {
    const { ddos, waf } = defaultConfig();
    assert.equal(ddos.rate_limiting.requests_per_second, 100);
    assert.equal(ddos.rate_limiting.burst_size, 50);
    assert.equal(ddos.connection_limits.max_connections_per_ip, 10);
    assert.equal(ddos.connection_limits.max_total_connections, 1000);
    assert.deepEqual(ddos.blacklist.whitelist, []);
    assert.equal(waf.mode, 'block');
  });

  it('has no built-in secret', () => {
    const { management, fleet, orchestrator } = defaultConfig();
    assert.deepEqual(
      [management.auth_token, fleet.token, orchestrator.token],
      [undefined, undefined, undefined],
    );
  });

  it('is frozen, and does not freeze what comes later', () => {
    const config = defaultConfig();
    assert.ok(Object.isFrozen(config) && Object.isFrozen(config.ddos.blacklist.whitelist));
    assert.ok(!Object.isFrozen(configSchema.parse({}).network));
  });
});
