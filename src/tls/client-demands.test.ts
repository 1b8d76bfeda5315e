import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ClientDemands } from './client-demands.ts';
import type { ClientCertificates, TlsProfile } from './tls-policy.ts';

function profile(
  name: string,
  clientCertificates: ClientCertificates,
  clientCaPem: string | null,
): TlsProfile {
  return { names: [name], certPem: '', keyPem: '', clientCertificates, clientCaPem };
}

const demands = new ClientDemands([
  profile('open.example', 'off', null),
  profile('staff.example', 'required', 'A'),
  profile('*.staff.example', 'required', 'A'),
  profile('partner.example', 'required', 'B'),
  profile('perhaps.example', 'optional', 'A'),
]);

describe('a host that asks for a certificate', () => {
  it('is not reached over a connection that was not asked for it', () => {
    for (const serverName of ['', 'open.example', 'unknown.example', 'partner.example', 'perhaps.example']) {
      assert.ok(!demands.allow('staff.example', serverName), serverName);
    }
  });

  it('shares connections with hosts that ask for the same', () => {
    assert.ok(demands.allow('staff.example', 'staff.example'));
    assert.ok(demands.allow('a.staff.example', 'staff.example'));
  });
});

it('tells what is asked anew of the clients of a name, and nothing where less is asked', () => {
  const before = new ClientDemands([
    profile('open.example', 'off', null),
    profile('staff.example', 'off', null),
    profile('partner.example', 'required', 'A'),
    profile('perhaps.example', 'optional', 'A'),
  ]);
  assert.ok(demands.isNewFor('staff.example', before) && demands.isNewFor('partner.example', before));
  assert.ok(!demands.isNewFor('perhaps.example', before) && !demands.isNewFor('', before));
  assert.ok(!before.isNewFor('staff.example', demands));
});

it('a host that asks for nothing is reached over any connection', () => {
  for (const serverName of ['', 'open.example', 'staff.example']) {
    assert.ok(demands.allow('open.example', serverName) && demands.allow('unknown.example', serverName));
  }
  assert.ok(demands.any && !new ClientDemands([]).any && new ClientDemands([]).allow('x', ''));
});
