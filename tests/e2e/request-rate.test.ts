/** The request limit of a client: exact over four workers and many connections, and untouched by a reload. */
import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { field, type Response, readResponse, requestText } from '../support/messages.ts';
import { Stand } from '../support/stand.ts';
import type { Wire } from '../support/wire.ts';

/** So slow that nothing is refilled while a burst is measured, beyond what `refilled` allows for. */
const PER_SECOND = 2;
const BURST = 100;
const CAPACITY = PER_SECOND + BURST;
const CONNECTIONS = 20;

let stand: Stand;
before(async () => {
  stand = await Stand.open({
    workers: 4,
    settings: {
      ddos: {
        rate_limiting: { requests_per_second: PER_SECOND, burst_size: BURST },
        blacklist: { enabled: false },
      },
    },
  });
});
after(() => stand.close());

const open = (from: string): Promise<Wire[]> =>
  Promise.all(Array.from({ length: CONNECTIONS }, () => stand.connect({ from })));

/** The same number of requests over each connection, all at once, and all their answers. */
async function askAll(wires: readonly Wire[], each: number): Promise<Response[]> {
  const answers = await Promise.all(
    wires.map(async (wire) => {
      wire.write(requestText('GET', '/').repeat(each));
      const responses: Response[] = [];
      for (let turn = 0; turn < each; turn++) responses.push(await readResponse(wire));
      return responses;
    }),
  );
  return answers.flat();
}

const passed = (responses: readonly Response[]): number =>
  responses.filter(({ status }) => status === 200).length;

/** What may have been refilled since then, at most. */
const refilled = (sinceMs: number): number => Math.ceil(((performance.now() - sinceMs) / 1000) * PER_SECOND);

it('lets exactly the burst and one second of the rate pass at once, over many connections', async () => {
  const wires = await open('127.7.0.1');
  const known = stand.origin.requests.length;
  const startMs = performance.now();
  const responses = await askAll(wires, 15);
  const upTo = CAPACITY + refilled(startMs);
  const count = passed(responses);
  assert.ok(count >= CAPACITY && count <= upTo, `${count} passed, ${CAPACITY} to ${upTo} may`);
  assert.equal(stand.origin.requests.length - known, count, 'what was refused did not reach the origin');
  for (const response of responses) assert.ok(response.status === 200 || response.status === 429);
  for (const wire of wires) wire.close();
});

it('says when to come back, keeps the connection, and counts what it refused', async () => {
  const wires = await open('127.7.0.2');
  const before = await stand.node.metric('secbeat_verdicts_total', { reason: 'rate_limit' });
  const refused = (await askAll(wires, 10)).filter(({ status }) => status === 429);
  assert.ok(refused.length > 0);
  for (const response of refused) {
    const seconds = Number(field(response, 'retry-after'));
    assert.ok(Number.isInteger(seconds) && seconds >= 1 && seconds <= CAPACITY, `Retry-After: ${seconds}`);
    assert.equal(field(response, 'connection'), 'keep-alive');
  }
  const after = await stand.node.metric('secbeat_verdicts_total', { reason: 'rate_limit' });
  assert.equal(after - before, refused.length);
  for (const wire of wires) wire.close();
});

it('lets at most the capacity and the rate times the time pass, and no less', async (t) => {
  const rate = 20;
  const capacity = rate + BURST;
  await stand.node.reload({ ddos: { rate_limiting: { requests_per_second: rate } } });
  t.after(() => stand.node.reload({ ddos: { rate_limiting: { requests_per_second: PER_SECOND } } }));
  const wires = await open('127.7.0.3');
  const startMs = performance.now();
  let count = 0;
  let emptyMs = 0;
  while (performance.now() - startMs < 2000) {
    const roundMs = performance.now() - startMs;
    const responses = await askAll(wires, 3);
    count += passed(responses);
    // Who was refused behind that moment found an empty bucket: all that was refilled before had passed.
    if (passed(responses) < responses.length) emptyMs = roundMs;
  }
  const most = capacity + (rate * (performance.now() - startMs)) / 1000;
  const least = capacity - 1 + (rate * emptyMs) / 1000;
  assert.ok(emptyMs > 0, 'the bucket was never empty');
  assert.ok(count <= most && count >= least, `${count} passed, ${least} to ${most} may`);
  for (const wire of wires) wire.close();
});

it('gives each client a bucket of its own', async () => {
  const [busy, other] = await Promise.all([open('127.7.0.4'), open('127.7.0.5')]);
  await askAll(busy, 10);
  assert.equal(passed(await askAll(other, 5)), 5 * CONNECTIONS);
  for (const wire of [...busy, ...other]) wire.close();
});

it('neither fills nor empties a bucket when the configuration is reloaded', async () => {
  const from = '127.7.0.6';
  const wires = await open(from);
  const startMs = performance.now();
  const first = passed(await askAll(wires, 3));
  assert.equal(first, 3 * CONNECTIONS);
  await stand.node.reload({ http: { idle_timeout_seconds: 61 } });
  const fresh = await open(from);
  const second = passed(await askAll([...wires, ...fresh], 5));
  const left = CAPACITY - first;
  assert.ok(second >= left && second <= left + refilled(startMs), `${second} passed, ${left} were left`);
  for (const wire of [...wires, ...fresh]) wire.close();
});
