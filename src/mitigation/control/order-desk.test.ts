import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Order, StandingOrder } from '../../messages/order.ts';
import { OrderDesk } from './order-desk.ts';

const POLICY: StandingOrder = { kind: 'policy', revision: 0, layers: [] };
const MODE: StandingOrder = { kind: 'mode', mode: 'under_attack' };
const COMMAND: StandingOrder = {
  kind: 'command',
  id: '30000000-0000-4000-8000-000000000001',
  command: 'reload',
  parameters: { reason: '', grace_seconds: null },
  deadline_ms: 1,
};
const LIFTED: Order = { kind: 'ban_lifted', target: '192.0.2.1' };

it('hands each order to whom it is for', () => {
  const heard: unknown[] = [];
  const desk = new OrderDesk({
    bans: (order) => heard.push(['ban', order.kind]),
    policy: (order) => heard.push(['policy', order.revision]),
    mode: (mode) => heard.push(['mode', mode]),
    command: (order) => heard.push(['command', order.command]),
  });
  desk.takeAll([MODE, POLICY, COMMAND]);
  desk.take(LIFTED);
  desk.take(MODE);
  assert.deepEqual(heard, [
    ['mode', 'under_attack'],
    ['policy', 0],
    ['command', 'reload'],
    ['ban', 'ban_lifted'],
    ['mode', 'under_attack'],
  ]);
});
