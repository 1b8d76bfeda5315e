import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, describe, it } from 'node:test';
import { createSystemClock } from '../../core/clock.ts';
import { systemTimers } from '../../core/timers.ts';
import { createSender } from '../small-request.ts';
import { SimulatedFleet } from '../testing/simulated-fleet.ts';
import { createNodeAsker, liveUrl } from './node-asker.ts';
import { NodeCalls } from './node-calls.ts';
import type { NodeRecord } from './node-record.ts';

describe('the place where a node is asked', () => {
  it('is below the announced one, where that is the address of the node itself', () => {
    assert.equal(liveUrl('http://192.0.2.1:9999', '192.0.2.1', false), 'http://192.0.2.1:9999/live');
    assert.equal(liveUrl('https://192.0.2.1/x?y=z#q', '192.0.2.1', false), 'https://192.0.2.1/live');
    assert.equal(liveUrl('http://[2001:db8::1]:1', '2001:DB8:0::1', false), 'http://[2001:db8::1]:1/live');
  });

  it('is nowhere else, whatever is announced', () => {
    const announced = [
      [null, '192.0.2.1'],
      ['http://192.0.2.2:9999', '192.0.2.1'],
      ['http://node.example:9999', '192.0.2.1'],
      ['http://192.0.2.1.example', '192.0.2.1'],
      ['http://192.0.2.1@203.0.113.1/', '192.0.2.1'],
      ['ftp://192.0.2.1/', '192.0.2.1'],
      ['http://169.254.169.254/', '169.254.169.254'],
      ['http://[fe80::1]/', 'fe80::1'],
      ['http://0.0.0.0:9999', '0.0.0.0'],
      ['http://[::]:9999', '::'],
      ['http://224.0.0.1/', '224.0.0.1'],
      ['http://127.0.0.1:9999', '127.0.0.1'],
      ['http://[::1]:9999', '::1'],
    ] as const;
    for (const [managementUrl, publicIp] of announced) {
      assert.equal(liveUrl(managementUrl, publicIp, false), null, String(managementUrl));
    }
  });

  it('may be of this machine where nobody else reaches the orchestrator', () => {
    assert.equal(liveUrl('http://127.0.0.1:9999', '127.0.0.1', true), 'http://127.0.0.1:9999/live');
    assert.equal(liveUrl('http://127.0.0.1:9999', '192.0.2.1', true), null);
  });
});

describe('a node that is asked over real sockets', () => {
  const servers: Server[] = [];
  after(() => {
    for (const server of servers) {
      server.closeAllConnections();
      server.close();
    }
  });
  const serve = async (answer: RequestListener): Promise<string> => {
    const server = createServer(answer).listen(0, '127.0.0.1');
    servers.push(server);
    await once(server, 'listening');
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };
  const calls = new NodeCalls(createSystemClock(), systemTimers);
  const polls = { open: false, onWake: (): void => undefined };
  const ask = createNodeAsker({
    ...{ calls, send: createSender(systemTimers), intervalMs: 30_000, loopbackOnly: true },
    waiters: { waits: () => polls.open, wake: () => polls.onWake() },
  });
  const recordOf = (managementUrl: string | null): NodeRecord => {
    const sim = new SimulatedFleet();
    const id = sim.register({ public_ip: '127.0.0.1', management_url: managementUrl });
    return sim.fleet.record(id)!;
  };

  it('lives if it says so', async () => {
    const paths: (string | undefined)[] = [];
    const url = await serve(({ url: path }, response) => {
      paths.push(path);
      response.end('{}');
    });
    assert.equal(await ask(recordOf(`${url}/anything`)), true);
    assert.deepEqual(paths, ['/live']);
  });

  it('does not if it says something else, sends elsewhere, or does not end', async () => {
    const other = await serve((_, response) => response.end());
    const answers: RequestListener[] = [
      (_, response) => response.writeHead(503).end(),
      (_, response) => response.writeHead(302, { location: `${other}/live` }).end(),
      (_, response) => response.write('x'.repeat(200_000)),
      (request) => request.socket.destroy(),
      () => undefined,
    ];
    const asked = answers.map(async (answer) => ask(recordOf(await serve(answer))));
    assert.deepEqual(await Promise.all(asked), [false, false, false, false, false]);
  });

  it('does not if nobody listens', async () => {
    assert.equal(await ask(recordOf('http://127.0.0.1:1')), false);
  });

  it('cannot be asked if it has left no way', () => {
    assert.equal(ask(recordOf(null)), null);
  });

  it('lives if it calls again once its poll is answered, and not because a poll stands', async () => {
    const record = recordOf(null);
    polls.open = true;
    polls.onWake = () => queueMicrotask(() => calls.note(record.stored.nodeId));
    assert.equal(await ask(record), true);
    assert.equal(await ask(record), true, 'it has called just now');
    const mute = recordOf(null);
    polls.onWake = () => undefined;
    const id = { ...mute, stored: { ...mute.stored, nodeId: '00000000-0000-4000-8000-000000000009' } };
    assert.equal(await ask(id), false);
    polls.open = false;
  });
});
