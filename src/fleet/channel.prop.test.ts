/**
 * A node at the end of a channel that loses, repeats and breaks off, against a ledger that goes on: in the end the node
 * has what the ledger says, whatever happened in between.
 */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import type { ChannelLine } from '../messages/channel-line.ts';
import type { FleetMode } from '../messages/entries/modes.ts';
import type { EntryBody, LedgerEntry } from '../messages/ledger-entry.ts';
import type { Order, StandingOrder } from '../messages/order.ts';
import { ChannelFollower } from './channel-follower.ts';
import { ChannelSender, type ChannelSource } from './channel-sender.ts';
import { FleetState } from './fleet-state.ts';
import { LedgerTail } from './ledger-tail.ts';
import { SharedBans } from './shared-bans.ts';

const TAIL = 8;
const NOW_MS = 1_700_000_000_000;
const PLACE = { id: 'n', group: 'a', region: null, tags: [] };

class Ledger implements ChannelSource {
  ledgerId = 'one';
  tail = new LedgerTail(TAIL, 0);
  state = new FleetState();

  decide(body: EntryBody): void {
    const entry: LedgerEntry = {
      seq: this.state.seq + 1,
      at_ms: NOW_MS,
      by: { kind: 'system', id: 'test' },
      before: null,
      body,
    };
    assert.ok(this.state.apply(entry));
    this.tail.add(entry);
  }

  /** Another ledger in its place, as after a lost disk. */
  beginAnew(id: string): void {
    this.ledgerId = id;
    this.tail = new LedgerTail(TAIL, 0);
    this.state = new FleetState();
  }

  wallMs(): number {
    return NOW_MS;
  }
}

class Node {
  readonly follower = new ChannelFollower({ ledgerId: '', seq: 0 });
  readonly bans = new SharedBans();
  mode: FleetMode = 'normal';

  /** False where the channel has to be opened anew. */
  read(line: ChannelLine): boolean {
    const step = this.follower.take(line);
    if (step.kind === 'entry' && step.line.order !== null && isBan(step.line.order)) {
      this.bans.apply({ at_ms: step.line.at_ms, body: step.line.order });
    }
    if (step.kind === 'bans') this.bans.replace(step.bans);
    if (step.kind === 'standing') this.mode = modeIn(step.orders) ?? this.mode;
    if (step.kind === 'entry' && step.line.order?.kind === 'mode') this.mode = step.line.order.mode;
    return step.kind !== 'reopen';
  }
}

function isBan(order: Order): order is Extract<Order, { kind: 'ban_set' | 'ban_lifted' }> {
  return order.kind === 'ban_set' || order.kind === 'ban_lifted';
}

function modeIn(orders: readonly StandingOrder[]): FleetMode | undefined {
  return orders.find((order) => order.kind === 'mode')?.mode;
}

const targets = fc.constantFrom(
  '192.0.2.1',
  '192.0.2.0/24',
  '2001:db8::/64',
  'as:64500',
  `ja4:${'a'.repeat(36)}`,
);
const bodies: fc.Arbitrary<EntryBody> = fc.oneof(
  fc.record({
    kind: fc.constant('ban_set' as const),
    target: targets,
    reason: fc.constant('test'),
    source: fc.constant('manual' as const),
    confidence: fc.constant(1),
    expires_at_ms: fc.integer({ min: NOW_MS - 10, max: NOW_MS + 1000 }),
  }),
  targets.map((target) => ({ kind: 'ban_lifted' as const, target })),
  fc.constant({ kind: 'mode_set' as const, selector: 'all', mode: 'under_attack' as const }),
);
const happenings = fc.oneof(
  bodies.map((body) => ({ kind: 'decide' as const, body })),
  fc.constant({ kind: 'read' as const }),
  fc.constant({ kind: 'lose' as const }),
  fc.constant({ kind: 'repeat' as const }),
  fc.constant({ kind: 'break' as const }),
  fc.constant({ kind: 'anew' as const }),
);

it('brings a node to what the ledger says, whatever the network does', () => {
  fc.assert(
    fc.property(fc.array(happenings, { maxLength: 200 }), (steps) => {
      const ledger = new Ledger();
      const node = new Node();
      let ledgers = 1;
      const open = (): ChannelSender => {
        node.follower.opened();
        return new ChannelSender(ledger, node.follower.position, PLACE);
      };
      let channel = open();
      const read = (line: ChannelLine | undefined): void => {
        if (line !== undefined && !node.read(line)) channel = open();
      };
      let last: ChannelLine | undefined;
      for (const step of steps) {
        if (step.kind === 'decide') ledger.decide(step.body);
        else if (step.kind === 'break') channel = open();
        else if (step.kind === 'repeat') read(last);
        else if (step.kind === 'lose') channel.take(1);
        else if (step.kind === 'read') {
          [last] = channel.take(1);
          read(last);
        } else {
          ledgers += 1;
          ledger.beginAnew(`ledger ${ledgers}`);
          last = undefined;
          channel = open();
        }
      }
      // The network is well again: a channel that has lost something notices with the next line, at the latest now.
      ledger.decide({ kind: 'mode_set', selector: 'group:a', mode: 'under_attack' });
      for (let round = 0; round < 5; round++) for (const line of channel.take(1000)) read(line);
      assert.deepEqual(node.follower.position, { ledgerId: ledger.ledgerId, seq: ledger.state.seq });
      assert.equal(node.mode, 'under_attack');
      const inForce = (bans: SharedBans): unknown[] => {
        bans.expire(NOW_MS);
        return [...bans.all()].toSorted((a, b) => (a.target < b.target ? -1 : 1));
      };
      assert.deepEqual(inForce(node.bans), inForce(ledger.state.bans));
    }),
    { numRuns: 300 },
  );
});
