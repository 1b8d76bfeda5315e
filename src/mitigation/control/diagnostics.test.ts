import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SECRET_MASK } from '../../config/mask.ts';
import { defaultConfig } from '../../config/schema.ts';
import { RESULT_CHARACTERS_MAX } from '../../messages/entries/commands.ts';
import { TEST_STATUS } from '../telemetry/telemetry-fixtures.ts';
import { describeNode, type NodeFacts } from './diagnostics.ts';

const config = defaultConfig();
const FACTS: NodeFacts = {
  status: TEST_STATUS,
  config: {
    ...config,
    management: { ...config.management, auth_token: 'very-secret-token' },
    ddos: { ...config.ddos, ipv6_prefix: 56 },
  },
  metrics: [
    { type: 'counter', name: 'some_total', help: '', samples: [{ labels: [], value: 3 }] },
    { type: 'counter', name: 'none_total', help: '', samples: [{ labels: [], value: 0 }] },
  ],
  versions: { node: '26.0.0', bun: undefined, unheard: '1' },
  platform: 'linux x64',
  memory: { rss: 5 },
};

describe('diagnostics', () => {
  it('tell what differs from a node as it comes, without secrets', () => {
    const told = JSON.parse(describeNode(FACTS));
    assert.equal(told.status.state, TEST_STATUS.state);
    assert.deepEqual(told.configuration, {
      'management.auth_token': SECRET_MASK,
      'ddos.ipv6_prefix': 56,
    });
    assert.deepEqual(told.metrics, { some_total: 3 });
    assert.deepEqual(told.runtime.versions, { node: '26.0.0' });
    assert.deepEqual(told.omitted, []);
  });

  it('leave out what there is no room for, and say so', () => {
    const samples = [{ labels: [], value: 1 }];
    const metrics = Array.from({ length: 1000 }, (_, nth) => {
      return { type: 'gauge' as const, name: `some_metric_with_a_name_${nth}`, help: '', samples };
    });
    const text = describeNode({ ...FACTS, metrics });
    assert.ok(text.length <= RESULT_CHARACTERS_MAX);
    const told = JSON.parse(text);
    assert.deepEqual(told.omitted, ['metrics']);
    assert.ok(told.configuration !== undefined);
  });
});
