/**
 * The real ledger on a real file, for simulations that are to run on it. What it has told of is mirrored, so that the
 * invariants find it where they look, and is held against the file whenever a process opens that.
 */
import { join } from 'node:path';
import type { LedgerEntry } from '../../src/messages/ledger-entry.ts';
import type { Ledger } from '../../src/orchestrator/ledger/ledger.ts';
import { openSqliteLedger } from '../../src/orchestrator/ledger/sqlite-ledger.ts';
import type { LedgerMoment, SimulatedDisk } from './simulated-disk.ts';

/** Opens the ledger of a folder for one process after another. */
export function sqliteIn(folder: string): (disk: SimulatedDisk, moment: LedgerMoment) => Ledger {
  return (disk, { timers, wallMs }) => {
    const clock = { wallMs, nowMs: wallMs };
    const opened = openSqliteLedger({ path: join(folder, 'ledger.db'), clock });
    if (!opened.ok) throw new Error(opened.fault.message);
    const ledger = opened.value;
    if (ledger.head !== disk.entries.length) {
      throw new Error(`the file has ${ledger.head} entries, though ${disk.entries.length} were told of`);
    }
    ledger.watch((entry: LedgerEntry) => {
      disk.entries.push(entry);
      disk.onEntries?.([entry]);
      // A process that ends here has not answered anybody.
      disk.onWritten?.();
    });
    timers.onEnd(() => void ledger.close());
    return ledger;
  };
}
