import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { diffConfig, needsRestart } from '../config/diff.ts';
import { type Config, configSchema } from '../config/schema.ts';
import { hardenConfig } from './under-attack.ts';

function configOf(written: Readonly<Record<string, unknown>>): Config {
  return configSchema.parse(written);
}

const origins = [{ url: 'http://127.0.0.1:1' }];

describe('under attack', () => {
  it('every client has half the room unless something else is written', () => {
    const { ddos, waf } = hardenConfig(configOf({}));
    assert.equal(ddos.rate_limiting.requests_per_second, 50);
    assert.equal(ddos.rate_limiting.burst_size, 25);
    assert.equal(ddos.connection_limits.max_connections_per_ip, 5);
    assert.equal(ddos.connection_limits.max_new_connections_per_second, 25);
    assert.equal(ddos.blacklist.violation_threshold, 5);
    assert.equal(waf.inbound_anomaly_threshold, 3);
  });

  it('limits on anything have less room, those of sites too', () => {
    const limit = { name: 'a', rate: 0.5, burst: 3, count: 10, mode: 'observe' };
    const written = { limits: [limit], sites: [{ name: 's', origins, limits: [limit] }] };
    const { limits, sites } = hardenConfig(configOf({ ...written, under_attack: { rate_factor: 0.25 } }));
    for (const { rate, burst, count, mode } of [limits[0]!, sites[0]!.limits[0]!]) {
      assert.deepEqual([rate, burst, count, mode], [0.125, 1, 2, 'observe']);
    }
  });

  it('limits that were prepared for an attack are enforced', () => {
    const written = { limits: [{ name: 'a', mode: 'observe' }], under_attack: { enforce_observed: true } };
    assert.equal(hardenConfig(configOf(written)).limits[0]?.mode, 'enforce');
  });

  it('rule files, sites and routes keep the thresholds that are their own', () => {
    const files = hardenConfig(configOf({ waf: { seclang: ['crs/*.conf'] } }));
    assert.equal(files.waf.inbound_anomaly_threshold, undefined);
    const waf = { inbound_anomaly_threshold: 20 };
    const written = {
      waf: { ...waf, routes: [{ path: '/edit', ...waf }] },
      sites: [{ name: 's', origins, waf }],
    };
    const hardened = hardenConfig(configOf(written));
    assert.equal(hardened.waf.inbound_anomaly_threshold, 3);
    assert.equal(hardened.waf.routes[0]?.inbound_anomaly_threshold, 20);
    assert.equal(hardened.sites[0]?.waf?.inbound_anomaly_threshold, 20);
  });

  it('a threshold that is stricter already stays', () => {
    const written = { waf: { inbound_anomaly_threshold: 2 } };
    assert.equal(hardenConfig(configOf(written)).waf.inbound_anomaly_threshold, 2);
  });

  it('whatever is written, the result is sound, no client has more room, and nothing waits for a restart', () => {
    const factor = fc.double({ min: 0.01, max: 1, noNaN: true });
    const count = fc.integer({ min: 1, max: 60_000 });
    const written = fc.record({
      under_attack: fc.record({ rate_factor: factor, connections_factor: factor, violations_factor: factor }),
      ddos: fc.record({
        rate_limiting: fc.record({ requests_per_second: count, burst_size: fc.nat(1000) }),
        connection_limits: fc.record({ max_connections_per_ip: fc.integer({ min: 1, max: 1000 }) }),
        blacklist: fc.record({ violation_threshold: count }),
      }),
      limits: fc
        .record({ rate: fc.double({ min: 0.001, max: 1e6, noNaN: true }), burst: count, count })
        .map((limit) => [{ name: 'a', ...limit }]),
    });
    fc.assert(
      fc.property(written, (tables) => {
        const before = configOf(tables);
        const after = hardenConfig(before);
        assert.equal(configSchema.safeParse(after).success, true);
        assert.deepEqual(diffConfig(before, after).filter(needsRestart), []);
        const room = ({ ddos, limits: [limit] }: Config): readonly number[] => [
          ddos.rate_limiting.requests_per_second,
          ddos.rate_limiting.burst_size,
          ddos.connection_limits.max_connections_per_ip,
          ddos.connection_limits.max_new_connections_per_second,
          ddos.blacklist.violation_threshold,
          limit!.rate,
          limit!.burst,
          limit!.count,
        ];
        const wide = room(before);
        assert.ok(room(after).every((value, index) => value <= wide[index]!));
      }),
    );
  });
});
