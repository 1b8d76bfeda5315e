/** What a configured limit costs a request, by the number of keys. Run: bun bench/micro/limit-table.bench.ts */
import { createLimitTableMemory } from '../../src/core/limit-groups.ts';
import { KeyHasher } from '../../src/core/limit-key.ts';
import { type LimitRate, slidingWindow, tokenBucket } from '../../src/core/limit-rate.ts';
import { LimitTable } from '../../src/core/limit-table.ts';
import { measure } from './measure.ts';

const SEED = { low: 0x1234567, high: 0x89abcde };
const RATES: readonly (readonly [string, LimitRate])[] = [
  ['token bucket', tokenBucket(1, 1, 10, 100)],
  ['sliding window', slidingWindow(2, 2, 1000, 60_000)],
];

for (const [name, rate] of RATES) {
  const memory = createLimitTableMemory(1_000_000, SEED);
  const table = new LimitTable(memory);
  const hasher = new KeyHasher(SEED);
  let nowMs = 1_000_000;
  let turn = 0;
  for (const keys of [1000, 100_000, 1_000_000]) {
    measure(`${name}: charge, ${keys} clients`, () => {
      hasher.start();
      hasher.word(rate.identityLow);
      hasher.word(rate.identityHigh);
      hasher.piece(1, 0);
      hasher.word(0);
      hasher.word(0);
      hasher.word(0xffff);
      hasher.word((turn++ * 7919) % keys);
      hasher.finish();
      nowMs += 0.001;
      return table.charge(hasher.low, hasher.high, nowMs, rate) === 0 ? 1 : 0;
    });
  }
  const megabytes = (memory.byteLength / 1e6).toFixed(1);
  console.log(`${name}: ${table.trackedKeys()} keys, ${table.overflows()} overflows, ${megabytes} MB`);
}

const path = '/api/v1/orders/4711';
const pathHasher = new KeyHasher(SEED);
measure('key of a path of 19 characters', () => {
  pathHasher.start();
  pathHasher.piece(5, path.length);
  pathHasher.lowerText(path, 0, path.length);
  pathHasher.finish();
  return pathHasher.low & 1;
});
