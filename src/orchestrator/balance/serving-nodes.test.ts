import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { nodeInfo } from '../../messages/node-info.ts';
import { haproxyServers } from './exports.ts';
import { ServingNodes, type ServingView } from './serving-nodes.ts';

/** A fleet of nodes that say that they serve under these addresses. */
function viewOf(addresses: readonly string[]): ServingView {
  const nodes = addresses.map((address, index) =>
    nodeInfo.parse({
      node_id: `10000000-0000-4000-8000-00000000000${index}`,
      public_ip: address,
      config: { node_type: 'mitigation', ports: { traffic: 443 } },
      ...{ status: 'Active', reported: 'Active', intent: 'run', liveness: 'alive', metrics: null },
      ...{ last_heartbeat: '2026-01-01T00:00:00Z', registered_at: '2026-01-01T00:00:00Z' },
      ...{ applied_revision: null, version: null, management_url: null },
    }),
  );
  return new ServingNodes(60_000).view(nodes, 0);
}

describe('the nodes that clients are sent to', () => {
  it('have their address in one form, so that IPv4 stays IPv4', () => {
    const { nodes } = viewOf(['::ffff:192.0.2.1', '0:0:0:0:0:FFFF:c000:0202', '2001:DB8::1']);
    assert.deepEqual(
      nodes.map(({ address }) => address),
      ['192.0.2.1', '192.0.2.2', '2001:db8::1'],
    );
    assert.match(
      haproxyServers(nodes),
      / 192\.0\.2\.1:443 .*\n.* 192\.0\.2\.2:443 .*\n.* \[2001:db8::1\]:443 /,
    );
  });

  it('are none that nobody can reach under what they say', () => {
    const { nodes, distrusted } = viewOf([
      '0.0.0.0',
      '::',
      '169.254.169.254',
      '224.0.0.1',
      'fe80::1',
      'ff02::1',
    ]);
    assert.deepEqual([nodes, distrusted], [[], false]);
  });
});
