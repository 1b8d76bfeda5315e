import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatPrometheus, type MetricFamily } from './prometheus.ts';

describe('Prometheus text', () => {
  it('writes HELP and TYPE once and one line per sample', () => {
    const family: MetricFamily = {
      type: 'counter',
      name: 'requests_total',
      help: 'Requests.',
      samples: [
        {
          labels: [
            ['method', 'GET'],
            ['status', '200'],
          ],
          value: 12,
        },
        { labels: [], value: 0.5 },
      ],
    };
    assert.equal(
      formatPrometheus([family]),
      [
        '# HELP requests_total Requests.',
        '# TYPE requests_total counter',
        'requests_total{method="GET",status="200"} 12',
        'requests_total 0.5',
        '',
      ].join('\n'),
    );
  });

  it('writes the buckets of a histogram with infinity, sum and count last', () => {
    const family: MetricFamily = {
      type: 'histogram',
      name: 'duration_seconds',
      help: 'Duration.',
      samples: [
        {
          labels: [['result', 'ok']],
          buckets: [
            { upperBound: 0.5, cumulativeCount: 1 },
            { upperBound: 1, cumulativeCount: 3 },
          ],
          count: 4,
          sum: 7.25,
        },
      ],
    };
    assert.deepEqual(formatPrometheus([family]).split('\n').slice(2), [
      'duration_seconds_bucket{result="ok",le="0.5"} 1',
      'duration_seconds_bucket{result="ok",le="1"} 3',
      'duration_seconds_bucket{result="ok",le="+Inf"} 4',
      'duration_seconds_sum{result="ok"} 7.25',
      'duration_seconds_count{result="ok"} 4',
      '',
    ]);
  });

  it('escapes what would end a label value or a help text', () => {
    const text = formatPrometheus([
      {
        type: 'gauge',
        name: 'g',
        help: 'a\\b\nc "d"',
        samples: [{ labels: [['l', 'x"} 1\nforged 2\\']], value: 1 }],
      },
    ]);
    assert.equal(text, '# HELP g a\\\\b\\nc "d"\n# TYPE g gauge\ng{l="x\\"} 1\\nforged 2\\\\"} 1\n');
  });

  it('spells numbers that are not finite as the format wants them', () => {
    const values = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN];
    const samples = values.map((value) => ({ labels: [], value }));
    const lines = formatPrometheus([{ type: 'gauge', name: 'g', help: '', samples }]).split('\n');
    assert.deepEqual(lines.slice(2), ['g +Inf', 'g -Inf', 'g NaN', '']);
  });
});
