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
