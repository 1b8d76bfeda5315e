import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type NodeMetrics, nodeMetrics } from '../../messages/node-metrics.ts';
import { NodeFigures } from './node-figures.ts';

function metricsOf(requests: number, change: Partial<NodeMetrics> = {}): NodeMetrics {
  return nodeMetrics.parse({
    ...{ cpu_usage: 1, memory_usage: 1, packets_per_second: 1, active_connections: 1 },
    ...{ total_requests: requests, ddos_blocks: 0, waf_blocks: 0, ...change },
  });
}

describe('the figures of nodes', () => {
  it('begin with the first heartbeat, whatever the process counted before', () => {
    const figures = new NodeFigures(10);
    assert.equal(figures.total('a'), undefined);
    figures.record('a', 1, metricsOf(1000, { waf_blocks: 10 }), 0);
    assert.equal(figures.total('a')?.requests, 0);
    figures.record('a', 1, metricsOf(1100, { waf_blocks: 15, ddos_blocks: 2, server_errors: 4 }), 10_000);
    const { requests, blocks, errors } = figures.total('a') ?? {};
    assert.deepEqual([requests, blocks, errors], [100, 7, 4]);
  });

  it('go on where a process starts anew, told by its start or by its counts', () => {
    const figures = new NodeFigures(10);
    figures.record('a', 1, metricsOf(1000), 0);
    figures.record('a', 2, metricsOf(2000), 10_000);
    assert.equal(figures.total('a')?.requests, 2000);
    figures.record('a', 2, metricsOf(5), 20_000);
    assert.equal(figures.total('a')?.requests, 2005);
  });

  it('weigh times by the requests that they are of', () => {
    const figures = new NodeFigures(10);
    figures.record('a', 1, metricsOf(0), 0);
    figures.record('a', 1, metricsOf(10, { latency_ms: 5, latency_p99_ms: 50 }), 10_000);
    figures.record('a', 1, metricsOf(40, { latency_ms: 1, latency_p99_ms: 10 }), 20_000);
    figures.record('a', 1, metricsOf(90), 30_000);
    const { timed, medianMs, tailMs } = figures.total('a') ?? {};
    assert.deepEqual([timed, medianMs, tailMs], [40, 80, 800]);
  });

  it('know what came in the last minutes', () => {
    const figures = new NodeFigures(10);
    for (let nth = 0; nth <= 100; nth++) figures.record('a', 1, metricsOf(nth * 10), nth * 5000);
    assert.equal(figures.total('a')?.requests, 1000);
    assert.equal(figures.recent('a')?.requests, 230);
  });

  it('count a heartbeat that is heard twice once', () => {
    const figures = new NodeFigures(10);
    for (let nth = 0; nth < 3; nth++) figures.record('a', 1, metricsOf(nth === 0 ? 0 : 10), nth);
    assert.equal(figures.total('a')?.requests, 10);
  });

  it('forget the node that was not heard for longest where there are too many', () => {
    const figures = new NodeFigures(2);
    for (const id of ['a', 'b', 'a', 'c']) figures.record(id, 1, metricsOf(0), 0);
    assert.deepEqual(
      ['a', 'b', 'c'].map((id) => figures.total(id) !== undefined),
      [true, false, true],
    );
  });
});
