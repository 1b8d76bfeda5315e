/** Several origins behind one site: who gets what, who is taken out, and that clients do not notice. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  field,
  type Response,
  readRequest,
  readResponse,
  requestText,
  responseText,
} from '../support/messages.ts';
import { freePort, OWN_HOST, type Settings } from '../support/node-config.ts';
import { ScriptedOrigin } from '../support/scripted-origin.ts';
import { Stand } from '../support/stand.ts';
import { until } from '../support/until.ts';

let stand: Stand;
let origins: readonly ScriptedOrigin[];

before(async () => {
  origins = await Promise.all([ScriptedOrigin.start(), ScriptedOrigin.start(), ScriptedOrigin.start()]);
  stand = await Stand.open({ workers: 1, settings: { sites: [site({})] } });
});
after(async () => {
  await stand.close();
  for (const origin of origins) await origin.close();
});

/** A site of all three origins, with what a test says of [upstream] and of each origin. */
function site(upstream: Settings, entries: readonly Settings[] = [{}, {}, {}]): Settings {
  return {
    name: 'shop',
    upstream: { slow_start_seconds: 0, ...upstream },
    origins: entries.map((entry, index) => ({ url: `http://127.0.0.1:${origins[index]!.port}`, ...entry })),
  };
}

/** Puts a configuration in force, nothing known of any origin; every origin answers with its number. */
async function setUp(upstream: Settings, entries?: readonly Settings[]): Promise<void> {
  await stand.node.reload({ sites: [{ ...site({}), name: 'other' }] });
  for (const [index, origin] of origins.entries()) origin.respond(() => responseText(String(index)));
  const report = await stand.node.reload({ sites: [site(upstream, entries)] });
  assert.match(report, /reloaded/);
}

/** The answers to so many requests, one after the other, on one connection. */
async function ask(count: number, method = 'GET', target = '/'): Promise<readonly Response[]> {
  const wire = await stand.connect();
  const answers: Response[] = [];
  for (let request = 0; request < count; request++) {
    wire.write(requestText(method, target, {}, method === 'POST' ? 'a=1' : ''));
    answers.push(await readResponse(wire, method));
  }
  wire.close();
  return answers;
}

function bodies(answers: readonly Response[]): readonly string[] {
  return answers.map(({ body }) => body.toString());
}

function countOf(answers: readonly Response[], body: string): number {
  return bodies(answers).filter((one) => one === body).length;
}

describe('balance', () => {
  it('gives each origin its weight in turn', async () => {
    await setUp({}, [{ weight: 3 }, {}, {}]);
    const answers = await ask(50);
    assert.deepEqual(
      ['0', '1', '2'].map((body) => countOf(answers, body)),
      [30, 10, 10],
    );
  });

  it('gives a client the same origin each time, and another one where that is gone', async () => {
    await setUp({ balance: 'client_hash' });
    const [own] = bodies(await ask(1));
    assert.equal(countOf(await ask(10), own!), 10);
    const entries = [{}, {}, {}].map((entry, index) =>
      String(index) === own ? { url: `http://${OWN_HOST}:9` } : entry,
    );
    await setUp({ balance: 'client_hash' }, entries);
    const [other] = bodies(await ask(1));
    assert.notEqual(other, own);
    assert.equal(countOf(await ask(10), other!), 10);
  });

  it('prefers the origin that has the least to do', async () => {
    await setUp({ balance: 'least_connections' });
    const held = Promise.withResolvers<void>();
    origins[0]!.respond(async (_, wire) => {
      await held.promise;
      wire.write(responseText('0'));
    });
    const waiting = await stand.connect();
    // Idle origins take turns: one of the next three requests is held by the first.
    const holders = await Promise.all([stand.connect(), stand.connect(), stand.connect()]);
    for (const wire of [waiting, ...holders]) wire.write(requestText('GET', '/hold'));
    await until(
      'held request',
      () => origins[0]!.requests.length,
      (count) => count > 0,
    );
    const answers = await ask(20);
    assert.ok(countOf(answers, '0') === 0);
    held.resolve();
    for (const wire of [waiting, ...holders]) wire.close();
  });

  it('uses a backup only while no other origin is healthy', async () => {
    await setUp({}, [{}, { backup: true }]);
    assert.equal(countOf(await ask(10), '0'), 10);
    await setUp({ breaker: { connect_failures: 1 } }, [{ url: `http://${OWN_HOST}:9` }, { backup: true }]);
    assert.equal(countOf(await ask(10), '1'), 10);
  });
});

describe('an origin that cannot be connected to', () => {
  it('costs no request, not even one that must not be repeated', async () => {
    await setUp({}, [{ url: `http://${OWN_HOST}:${await freePort()}` }, {}, {}]);
    for (const method of ['GET', 'POST']) {
      const answers = await ask(20, method);
      assert.ok(answers.every(({ status }) => status === 200));
    }
    assert.equal(origins[1]!.requests.length + origins[2]!.requests.length, 40);
  });
});

describe('an origin that fails requests', () => {
  it('is taken out for a while, and comes back', async () => {
    await setUp({ ejection: { consecutive_failures: 3, duration_seconds: 1, ejected_percent_max: 40 } });
    origins[0]!.respond(() => responseText('sorry', {}, '503 Service Unavailable'));
    const before = await stand.node.metric('secbeat_upstream_ejections_total');
    const first = await ask(30);
    assert.equal(countOf(first, 'sorry'), 3);
    assert.equal(await stand.node.metric('secbeat_upstream_ejections_total'), before + 1);
    origins[0]!.respond(() => responseText('0'));
    await until(
      'return of the origin',
      () => ask(3).then((answers) => countOf(answers, '0')),
      (count) => count > 0,
    );
  });

  it('never takes more out than may go', async () => {
    await setUp({ ejection: { consecutive_failures: 2, duration_seconds: 60, ejected_percent_max: 40 } });
    for (const origin of origins) origin.respond(() => responseText('sorry', {}, '503 Service Unavailable'));
    const answers = await ask(60);
    assert.equal(countOf(answers, 'sorry'), 60);
    const served = origins.map(({ requests }) => requests.length).sort((one, other) => one - other);
    assert.ok(served[0]! <= 3 && served[1]! > 20 && served[2]! > 20, String(served));
  });

  it('has its GET repeated at another one, within the budget, and never a POST', async () => {
    await setUp({ ejection: { enabled: false } }, [{}, {}]);
    const before = await stand.node.metric('secbeat_upstream_retries_total');
    origins[0]!.play(async (wire) => {
      await readRequest(wire);
      wire.end();
    });
    const gets = await ask(4);
    assert.deepEqual(bodies(gets), ['1', '1', '1', '1']);
    assert.equal(await stand.node.metric('secbeat_upstream_retries_total'), before + 2);
    const posts = await ask(4, 'POST');
    assert.deepEqual(posts.map(({ status }) => status).sort(), [200, 200, 502, 502]);
    assert.equal(origins[1]!.requests.filter(({ method }) => method === 'POST').length, 2);
  });

  it('is not asked again beyond the retry budget', async () => {
    const retry = { budget_percent: 0, budget_per_second_min: 0 };
    await setUp({ ejection: { enabled: false }, retry }, [{}, {}]);
    origins[0]!.play(async (wire) => {
      await readRequest(wire);
      wire.end();
    });
    const answers = await ask(4);
    assert.equal(answers.filter(({ status }) => status === 502).length, 2);
  });
});

describe('health checks', () => {
  const health_check = {
    enabled: true,
    path: '/health',
    interval_seconds: 1,
    timeout_ms: 500,
    fall: 1,
    rise: 1,
  };

  /** Origins whose health is as told; what clients ask is answered all the same. */
  function answerHealth(well: readonly boolean[]): void {
    for (const [index, origin] of origins.entries()) {
      origin.respond(({ target }) => {
        if (target !== '/health') return responseText(String(index));
        return responseText('', {}, well[index] === true ? '200 OK' : '500 Internal Server Error');
      });
    }
  }

  it('take an origin out and bring it back', async () => {
    await setUp({ health_check });
    answerHealth([true, false, true]);
    const counts = (): Promise<number> => ask(6).then((answers) => countOf(answers, '1'));
    await until('removal of the ill origin', counts, (count) => count === 0);
    await stand.node.untilMetric('secbeat_upstream_origins_out', {}, (out) => out === 1);
    answerHealth([true, true, true]);
    await until('return of the origin', counts, (count) => count === 2);
    await stand.node.untilMetric('secbeat_upstream_origins_out', {}, (out) => out === 0);
  });

  it('lead to 503 at once where no origin is well, unless any is to be tried', async () => {
    await setUp({ health_check });
    answerHealth([false, false, false]);
    const [refused] = await until(
      'refusal',
      () => ask(1),
      ([answer]) => answer?.status === 503,
    );
    assert.equal(field(refused!, 'retry-after'), '2');
    const line = await stand.node.untilLine(
      new RegExp(` request_id=${field(refused!, 'x-request-id')}( |$)`),
    );
    assert.match(line, /reason=no_origin/);
    await stand.node.reload({ sites: [site({ health_check, when_none_healthy: 'try_any' })] });
    assert.ok((await ask(6)).every(({ status }) => status === 200));
  });

  it('count an origin as ill that does not answer', async () => {
    await setUp({ health_check });
    origins[2]!.play(async (wire) => {
      await wire.readUntil('\r\n\r\n');
    });
    const known = origins[2]!.wires.length;
    // The node ends the connection of a check that takes too long, and with it the origin is out.
    await until(
      'end of a check',
      () => origins[2]!.wires.slice(known).some((wire) => wire.ended),
      (ended) => ended,
    );
    const answers = await ask(6);
    assert.ok(answers.every(({ status, body }) => status === 200 && body.toString() !== '2'));
  });
});

describe('a reload', () => {
  it('keeps connections and what is known of origins that stay', async () => {
    await setUp({ ejection: { consecutive_failures: 2, duration_seconds: 60, ejected_percent_max: 40 } });
    origins[0]!.respond(() => responseText('sorry', {}, '503 Service Unavailable'));
    await ask(12);
    const open = origins.map(({ wires }) => wires.length);
    await stand.node.reload({
      sites: [
        site({
          queue_max: 77,
          ejection: { consecutive_failures: 2, duration_seconds: 60, ejected_percent_max: 40 },
        }),
      ],
    });
    origins[0]!.forget();
    assert.ok((await ask(12)).every(({ status }) => status === 200));
    assert.equal(origins[0]!.requests.length, 0, 'it is still out');
    assert.deepEqual(
      origins.map(({ wires }) => wires.length),
      open,
    );
  });

  it('finishes what an origin that goes has begun', async () => {
    await setUp({}, [{}]);
    const held = Promise.withResolvers<void>();
    origins[0]!.respond(async (_, wire) => {
      await held.promise;
      wire.write(responseText('late'));
    });
    const wire = await stand.connect();
    wire.write(requestText('GET', '/'));
    await until(
      'held request',
      () => origins[0]!.requests.length,
      (count) => count === 1,
    );
    await stand.node.reload({
      sites: [{ ...site({}), origins: [{ url: `http://127.0.0.1:${origins[1]!.port}` }] }],
    });
    held.resolve();
    assert.equal((await readResponse(wire)).body.toString(), 'late');
    wire.write(requestText('GET', '/'));
    assert.equal((await readResponse(wire)).body.toString(), '1');
    await origins[0]!.wires.at(-1)!.untilEnd();
    wire.close();
  });
});
