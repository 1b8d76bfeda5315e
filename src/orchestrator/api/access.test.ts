import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createSystemClock } from '../../core/clock.ts';
import { FleetHub } from '../channel/fleet-hub.ts';
import { openSqliteLedger } from '../ledger/sqlite-ledger.ts';
import { MEMORY } from '../sqlite/sqlite-file.ts';
import { ACCESS, mayAct } from './access.ts';
import { createApi } from './app.ts';
import type { ApiDeps } from './context.ts';

/** The routes as they are registered; nothing behind them is called. */
async function registeredRoutes(): Promise<readonly string[]> {
  const clock = createSystemClock();
  const ledger = openSqliteLedger({ path: MEMORY, clock });
  assert.ok(ledger.ok);
  const hub = await FleetHub.load(ledger.value, clock);
  assert.ok(hub.ok);
  const options = { heartbeatIntervalSeconds: 30, maxMissed: 3, tokens: [], loopbackOnly: true };
  const app = createApi({ hub: hub.value, clock, options, version: '0' } as unknown as ApiDeps);
  await ledger.value.close();
  const routes = app.routes.filter(({ method }) => method !== 'ALL');
  return [...new Set(routes.map(({ method, path }) => `${method} ${path}`))];
}

describe('who may call what', () => {
  it('is said of every route, and of no other', async () => {
    assert.deepEqual(Object.keys(ACCESS).sort(), [...(await registeredRoutes())].sort());
  });

  it('opens routes that change something to viewers nowhere', () => {
    const changing = Object.entries(ACCESS).filter(([route]) => !route.startsWith('GET '));
    for (const [route, access] of changing) {
      assert.ok(!['viewer', 'open'].includes(access), route);
    }
  });

  it('holds nodes to the id in the path, or compares the one in the body', () => {
    const nodes = Object.entries(ACCESS).filter(([, access]) => access === 'node');
    const byBody = nodes.map(([route]) => route).filter((route) => !route.includes('/:id/'));
    assert.deepEqual(byBody, ['POST /api/v1/nodes/register', 'POST /api/v1/nodes/heartbeat']);
  });

  it('lets each role do what those below it may', () => {
    assert.ok(mayAct('admin', 'viewer') && mayAct('operator', 'operator') && mayAct('viewer', 'viewer'));
    assert.ok(!mayAct('viewer', 'operator') && !mayAct('operator', 'admin'));
  });
});
