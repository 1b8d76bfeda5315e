import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { defaultConfig } from '../../config/schema.ts';
import { fail, ok } from '../../core/result.ts';
import { createSelfSigned } from '../../tls/self-signed.ts';
import {
  compileMonitors,
  compileNodeUpstream,
  compileSiteUpstream,
  type OriginSettings,
  type SiteOrigins,
  type UpstreamCompiling,
} from './compile-upstream.ts';
import type { UpstreamPolicy } from './upstream-policy.ts';

const CONFIG = defaultConfig();

function compiling(texts: Readonly<Record<string, string>> = {}): UpstreamCompiling & { faults: string[] } {
  const readText = (path: string): ReturnType<UpstreamCompiling['ruleFiles']['readText']> => {
    const text = texts[path];
    return text === undefined ? fail('is not there') : ok(text);
  };
  return { workers: 4, ruleFiles: { readText, expand: () => fail('unused') }, faults: [] };
}

function compileSite(
  origins: readonly OriginSettings[],
  upstream: SiteOrigins['upstream'] = {},
): UpstreamPolicy {
  const policy = compileSiteUpstream(CONFIG, { name: 'shop', origins, upstream }, compiling());
  assert.ok(policy !== null);
  return policy;
}

function faultsOf(
  origins: readonly OriginSettings[],
  upstream: SiteOrigins['upstream'] = {},
): readonly string[] {
  const attempt = compiling({ broken: 'no certificate' });
  assert.equal(compileSiteUpstream(CONFIG, { name: 'shop', origins, upstream }, attempt), null);
  return attempt.faults;
}

describe('policy of an upstream', () => {
  it('comes from the one address of a node without sites, counts divided among its workers', () => {
    const policy = compileNodeUpstream(CONFIG, compiling());
    assert.equal(policy?.authority, '127.0.0.1:8080');
    assert.equal(policy.queueMax, 250);
    assert.equal(policy.ejection, null, 'a single origin is never taken out');
    const [origin] = policy.origins;
    assert.deepEqual([origin?.host, origin?.port, origin?.tls], ['127.0.0.1', 8080, null]);
    assert.deepEqual([origin?.connectionsMax, origin?.concurrency.max, origin?.concurrency.min], [64, 64, 8]);
  });

  it('has what a site says over [upstream]', () => {
    const policy = compileSite([{ url: 'http://a' }, { url: 'http://b:81', connections_max: 8 }], {
      balance: 'latency',
      queue_max: 4,
    });
    assert.deepEqual([policy.id, policy.balance, policy.queueMax], ['shop', 'latency', 1]);
    assert.deepEqual(
      policy.origins.map(({ id, port, connectionsMax }) => [id, port, connectionsMax]),
      [
        ['http://a:80', 80, 64],
        ['http://b:81', 81, 2],
      ],
    );
    assert.notEqual(policy.ejection, null);
    assert.equal(policy.responseTimeoutMs, 60_000);
  });

  it('checks names of https origins, unless the origin is an address', () => {
    const { origins } = compileSite([
      { url: 'https://a.example' },
      { url: 'https://[::1]:8443' },
      { url: 'https://10.0.0.1', server_name: 'b.example' },
    ]);
    assert.deepEqual(
      origins.map(({ host, port, tls }) => [host, port, tls?.serverName, tls?.verify]),
      [
        ['a.example', 443, 'a.example', true],
        ['::1', 8443, '', true],
        ['10.0.0.1', 443, 'b.example', true],
      ],
    );
  });

  it('reads certificates where there are some', async () => {
    const pair = await createSelfSigned(['a.example']);
    const entry = { url: 'https://a.example', ca_path: 'ca', cert_path: 'cert', key_path: 'key' };
    const attempt = compiling({ ca: pair.certPem, cert: pair.certPem, key: pair.keyPem });
    const policy = compileSiteUpstream(CONFIG, { name: 'shop', origins: [entry] }, attempt);
    assert.deepEqual(attempt.faults, []);
    assert.deepEqual(policy?.origins[0]?.tls?.client, { cert: pair.certPem, key: pair.keyPem });
  });

  it('is refused with a sentence where it could not work', () => {
    assert.match(faultsOf([{ url: 'http://a' }, { url: 'http://a:80' }])[0]!, /stands in the list before/);
    assert.match(faultsOf([{ url: 'https://a', ca_path: 'missing' }])[0]!, /missing: is not there/);
    assert.match(faultsOf([{ url: 'https://a', cert_path: 'broken' }])[0]!, /go together/);
    const broken = { url: 'https://a', cert_path: 'broken', key_path: 'broken' };
    assert.match(faultsOf([broken])[0]!, /cannot be used/);
    const health_check = { ...CONFIG.upstream.health_check, enabled: true, status_min: 300, status_max: 200 };
    assert.match(faultsOf([{ url: 'http://a' }], { health_check })[0]!, /no check could ever be good/);
  });
});

describe('monitors', () => {
  it('are nobody where nothing is said of them', () => {
    assert.equal(compileMonitors({ paths: [], addresses: [] }, []), null);
  });

  it('are told by path and address', () => {
    const marks = compileMonitors({ paths: ['/health'], addresses: ['10.0.0.0/8'] }, []);
    assert.deepEqual(marks?.paths, ['/health']);
    assert.notEqual(marks?.addresses?.longestMatch(Int32Array.of(0, 0, 0xffff, 0x0a000001)), -1);
  });
});
