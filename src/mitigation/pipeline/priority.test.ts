import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parsePrefix } from '../../core/ip.ts';
import { compilePrefixSet } from '../../core/prefix-set.ts';
import { GoodClients } from './good-clients.ts';
import { type ClassedRequest, type HealthCheckMarks, type PriorityContext, priorityOf } from './priority.ts';

const words = Int32Array.of(0, 0, 0xffff, 0x0a000001);

function request(change: Partial<ClassedRequest> = {}): ClassedRequest {
  return {
    head: { target: '/' },
    client: { words, key: words, exempt: false },
    inspection: null,
    startMs: 1_000_000,
    snapshot: { monitors: null },
    ...change,
  };
}

function context(penalised = false): PriorityContext {
  return { clients: { isPenalised: () => penalised }, goodClients: new GoodClients({ low: 1, high: 2 }) };
}

function marks(paths: readonly string[], addresses: string | null): { readonly monitors: HealthCheckMarks } {
  if (addresses === null) return { monitors: { paths, addresses: null } };
  const prefix = parsePrefix(addresses);
  assert.ok(prefix.ok);
  return { monitors: { paths, addresses: compilePrefixSet([prefix.value]) } };
}

const MATCHED = {
  matches: [{ ruleId: 'x', part: '', score: 5 }],
} as unknown as NonNullable<ClassedRequest['inspection']>;

describe('class of a request', () => {
  it('is ordinary where nothing is known', () => {
    assert.equal(priorityOf(request(), context()), 1);
  });

  it('is suspicious while its client is penalised, and where a rule matched', () => {
    assert.equal(priorityOf(request(), context(true)), 0);
    assert.equal(priorityOf(request({ inspection: MATCHED }), context()), 0);
  });

  it('is known good for exempt clients, and for those that have behaved well', () => {
    const exempt = request({ client: { words, key: words, exempt: true } });
    assert.equal(priorityOf(exempt, context(true)), 2);
    const facts = context();
    let last = 0;
    for (let second = 0; second < 70; second++) {
      last = priorityOf(request({ startMs: 1_000_000 + second * 1000 }), facts);
    }
    assert.equal(last, 2);
    assert.equal(priorityOf(request({ startMs: 1_080_000, inspection: MATCHED }), facts), 0);
    assert.equal(priorityOf(request({ startMs: 1_081_000 }), facts), 1, 'one match and it is unknown again');
  });

  it('is a health check only where every mark fits', () => {
    const asked = { head: { target: '/health?deep' } };
    assert.equal(priorityOf(request({ ...asked, snapshot: marks(['/health'], null) }), context()), 3);
    assert.equal(priorityOf(request({ snapshot: marks(['/health'], null) }), context()), 1);
    assert.equal(priorityOf(request({ ...asked, snapshot: marks(['/health'], '10.0.0.0/8') }), context()), 3);
    assert.equal(priorityOf(request({ ...asked, snapshot: marks(['/health'], '11.0.0.0/8') }), context()), 1);
    assert.equal(priorityOf(request({ snapshot: marks([], '10.0.0.0/8') }), context()), 3);
  });
});
