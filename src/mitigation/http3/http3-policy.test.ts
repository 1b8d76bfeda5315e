import assert from 'node:assert/strict';
import { it } from 'node:test';
import { type Config, configSchema } from '../../config/schema.ts';
import { compileAltSvc, withAltSvc } from './http3-policy.ts';

function configOf(http3: object, listen = '0.0.0.0:8443', tls = true): Config {
  return configSchema.parse({ http3, network: { listen_addr: listen, tls: { enabled: tls } } });
}

const altSvcOf = (config: Config, available = true): string | undefined =>
  compileAltSvc(config, available)?.fields[0]?.value;

it('tells of HTTP/3 only where it is served', () => {
  assert.equal(altSvcOf(configOf({ enabled: true })), 'h3=":8443"; ma=86400');
  assert.equal(altSvcOf(configOf({ enabled: true }), false), undefined);
  assert.equal(altSvcOf(configOf({})), undefined);
  assert.equal(altSvcOf(configOf({ enabled: true }, '0.0.0.0:8080', false)), undefined);
  assert.equal(altSvcOf(configOf({ enabled: true }, '0.0.0.0:0')), undefined);
});

it('names the port that clients reach', () => {
  assert.equal(altSvcOf(configOf({ enabled: true, port: 9443 })), 'h3=":9443"; ma=86400');
  const forwarded = { enabled: true, port: 9443, advertised_port: 443, alt_svc_max_age_seconds: 60 };
  assert.equal(altSvcOf(configOf(forwarded)), 'h3=":443"; ma=60');
});

it('leaves the last word about Alt-Svc to the operator', () => {
  const altSvc = compileAltSvc(configOf({ enabled: true }), true);
  const own = {
    dropped: new Set(['server']),
    lines: 'X-Own: 1\r\n',
    fields: [{ name: 'x-own', value: '1' }],
  };
  const both = withAltSvc(own, altSvc);
  assert.equal(both?.lines, 'X-Own: 1\r\nAlt-Svc: h3=":8443"; ma=86400\r\n');
  assert.deepEqual([...(both?.dropped ?? [])], ['server', 'alt-svc']);
  const removed = { dropped: new Set(['alt-svc']), lines: '', fields: [] };
  assert.equal(withAltSvc(removed, altSvc), removed);
  assert.equal(withAltSvc(null, null), null);
});
