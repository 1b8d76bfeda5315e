import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { ManualClock } from '../../core/clock.ts';
import { openSqliteLedger } from './sqlite-ledger.ts';
import { describeLedger, type LedgerPlace } from './testing/ledger-contract.ts';

function makePlace(): LedgerPlace & { readonly path: string } {
  const folder = mkdtempSync(join(tmpdir(), 'secbeat-ledger-'));
  const path = join(folder, 'ledger.db');
  return {
    path,
    open: () => {
      const ledger = openSqliteLedger({ path, clock: new ManualClock() });
      assert.ok(ledger.ok);
      return Promise.resolve(ledger.value);
    },
    remove: () => {
      rmSync(folder, { recursive: true });
      return Promise.resolve();
    },
  };
}

describeLedger('the ledger on SQLite', () => Promise.resolve(makePlace()));

it('a second process does not get the ledger of the first', async () => {
  const place = makePlace();
  const ledger = await place.open();
  const second = openSqliteLedger({ path: place.path, clock: new ManualClock(), busyTimeoutMs: 0 });
  assert.match(second.ok ? '' : second.fault.message, /another orchestrator uses it/);
  await ledger.close();
  await place.remove();
});
