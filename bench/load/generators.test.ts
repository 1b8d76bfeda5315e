import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseLoad, parseRequestLog } from './generators.ts';

const WRK = `Running 1s test @ https://127.0.0.1:1/small
  1 threads and 32 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     0.88ms  338.29us   3.81ms   72.58%
  Latency Distribution
     50%  829.00us
     75%    1.05ms
     90%    1.30ms
     99%    1.85ms
  2327 requests in 1.10s, 1.15MB read
  Socket errors: connect 1, read 2, write 0, timeout 3
  Non-2xx or 3xx responses: 7
Requests/sec:   2115.80
Transfer/sec:      1.05MB
`;

const HEY = `
Summary:
  Total:	1.0017 secs
  Requests/sec:	1535.3610

Latency distribution:
  10% in 0.0007 secs
  50% in 0.0012 secs
  99% in 0.0043 secs

Status code distribution:
  [200]	1538 responses
  [503]	2 responses

Error distribution:
  [4]	Get "https://127.0.0.1:1/": EOF
`;

const H2LOAD = `
finished in 2.00s, 2045.50 req/s, 312.28KB/s
requests: 4094 total, 4094 started, 4094 done, 4091 succeeded, 3 failed, 0 errored, 0 timeout
status codes: 4088 2xx, 0 3xx, 1 4xx, 2 5xx
traffic: 624.57KB (639564) total, 31.98KB (32752) headers (space savings 95.29%), 399.80KB (409400) data
`;

describe('parseRequestLog', () => {
  it('takes the milliseconds of good answers and leaves the others out', () => {
    assert.deepEqual(parseRequestLog('1700000000000000\t200\t1500\n1700000000000001\t503\t90\n'), [1.5]);
  });
});

describe('parseLoad', () => {
  it('reads what wrk prints, in one unit, with all errors', () => {
    assert.deepEqual(parseLoad('wrk', WRK), {
      requests: 2327,
      requestsPerSecond: 2115.8,
      p50Ms: 0.829,
      p99Ms: 1.85,
      errors: 13,
    });
  });

  it('reads what hey prints, where only good answers are requests', () => {
    assert.deepEqual(parseLoad('hey', HEY), {
      requests: 1538,
      requestsPerSecond: 1535.361,
      p50Ms: 1.2,
      p99Ms: 4.3,
      errors: 6,
    });
  });

  it('reads what h2load prints, which says nothing of percentiles', () => {
    assert.deepEqual(parseLoad('h2load', H2LOAD), {
      requests: 4088,
      requestsPerSecond: 2045.5,
      p50Ms: Number.NaN,
      p99Ms: Number.NaN,
      errors: 6,
    });
  });

  it('says when the output holds no result', () => {
    assert.equal(parseLoad('wrk', 'unable to connect'), null);
    assert.equal(parseLoad('hey', ''), null);
    assert.equal(parseLoad('h2load', 'starting benchmark...'), null);
  });
});
