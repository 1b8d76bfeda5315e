import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { ManualClock } from '../../core/clock.ts';
import type { ChannelLine } from '../../messages/channel-line.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { openSqliteLedger } from '../ledger/sqlite-ledger.ts';
import { draftOf } from '../ledger/testing/ledger-contract.ts';
import { FleetHub } from './fleet-hub.ts';

const PLACE = { id: 'one', group: 'default', region: null, tags: [] };

describe('the hub of the fleet', () => {
  const clock = new ManualClock();
  let folder: string;
  let ledger: Ledger;
  let hub: FleetHub;
  const openLedger = (): Ledger => {
    const opened = openSqliteLedger({ path: join(folder, 'ledger.db'), clock });
    assert.ok(opened.ok);
    return opened.value;
  };
  const loadHub = async (): Promise<FleetHub> => {
    const loaded = await FleetHub.load(ledger, clock);
    assert.ok(loaded.ok);
    return loaded.value;
  };
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'secbeat-hub-'));
    ledger = openLedger();
    hub = await loadHub();
  });
  afterEach(async () => {
    hub.close();
    await ledger.close();
    rmSync(folder, { recursive: true });
  });
  const kindsOf = (lines: readonly ChannelLine[] | null): readonly string[] =>
    (lines ?? []).map(({ kind }) => kind);

  it('greets a node with all that is in force, then tells it of each decision', async () => {
    await hub.decide([draftOf('192.0.2.1')]);
    const channel = hub.open({ ledgerId: '', seq: 0 }, PLACE);
    const first = await channel.next();
    assert.deepEqual(kindsOf(first), ['hello', 'standing', 'snapshot']);
    const next = channel.next();
    await hub.decide([draftOf('192.0.2.2'), draftOf('192.0.2.3')]);
    const lines = await next;
    assert.deepEqual(kindsOf(lines), ['entry', 'entry']);
    assert.equal(hub.state.bans.size, 3);
  });

  it('keeps the newest channels of a node, so that no node takes all there may be', async () => {
    const channels = Array.from({ length: 50 }, () => hub.open({ ledgerId: '', seq: 0 }, PLACE));
    hub.open({ ledgerId: '', seq: 0 }, { ...PLACE, id: 'two' });
    assert.equal(hub.channels, 3);
    assert.equal(await channels[47]?.next(), null);
    for (const channel of channels.slice(48)) assert.equal(kindsOf(await channel.next())[0], 'hello');
    assert.deepEqual([...hub.followers()], ['one', 'two']);
  });

  it('tells a node that was away what it missed', async () => {
    await hub.decide([draftOf('192.0.2.1'), draftOf('192.0.2.2'), draftOf('192.0.2.3')]);
    const channel = hub.open({ ledgerId: ledger.id, seq: 1 }, PLACE);
    const lines = (await channel.next()) ?? [];
    assert.deepEqual(
      lines.map((line) => (line.kind === 'entry' ? [line.seq, line.prev] : line.kind)),
      ['hello', 'standing', [2, 1], [3, 2]],
    );
  });

  it('has after a restart what it had before', async () => {
    await hub.decide([draftOf('192.0.2.1'), draftOf('192.0.2.2')]);
    const before = hub.state.snapshot(clock.wallMs());
    hub.close();
    await ledger.close();
    ledger = openLedger();
    hub = await loadHub();
    assert.deepEqual(hub.state.snapshot(clock.wallMs()), before);
  });

  it('begins at the newest checkpoint, and has what the whole ledger says', async () => {
    await hub.decide([draftOf('192.0.2.1'), draftOf('192.0.2.2')]);
    assert.ok((await hub.keepCheckpoint(10)).ok);
    assert.deepEqual(await ledger.loadCheckpoint(), { ok: true, value: null });
    assert.ok((await hub.keepCheckpoint(2)).ok);
    await hub.decide([draftOf('192.0.2.3')]);
    const before = hub.state.snapshot(clock.wallMs());
    const read: number[] = [];
    const counting: Ledger = Object.create(ledger, {
      head: { get: () => ledger.head },
      read: {
        value: (after: number, limit: number) => {
          read.push(after);
          return ledger.read(after, limit);
        },
      },
      watch: { value: (onEntry: Parameters<Ledger['watch']>[0]) => ledger.watch(onEntry) },
      loadCheckpoint: { value: () => ledger.loadCheckpoint() },
    });
    const again = await FleetHub.load(counting, clock);
    assert.ok(again.ok);
    assert.deepEqual(again.value.state.snapshot(clock.wallMs()), before);
    assert.deepEqual(read, [2]);
    again.value.close();
  });

  it('reads the whole ledger where the checkpoint is broken, or not its own', async () => {
    await hub.decide([draftOf('192.0.2.1'), draftOf('192.0.2.2')]);
    const before = hub.state.snapshot(clock.wallMs());
    const wrong = JSON.stringify({ ...before, bans: [{ ...before.bans[0], target: 5 }] });
    for (const state of ['{', '{}', wrong, JSON.stringify({ ...before, seq: 1 })]) {
      assert.ok((await ledger.saveCheckpoint({ seq: 2, state })).ok);
      const again = await loadHub();
      assert.deepEqual(again.state.snapshot(clock.wallMs()), before);
      again.close();
    }
  });

  it('shows who waits that the line stands, and lets all go at the end', async () => {
    const channel = hub.open({ ledgerId: ledger.id, seq: 0 }, PLACE);
    assert.deepEqual(kindsOf(await channel.next()), ['hello', 'standing']);
    const beat = channel.next();
    hub.beat();
    assert.deepEqual(kindsOf(await beat), ['beat']);
    const last = channel.next();
    hub.close();
    assert.equal(await last, null);
    assert.equal(hub.channels, 0);
  });
});
