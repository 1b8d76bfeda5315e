/** What every ledger has to keep, whatever it is made of. */
import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { until } from '../../../../tests/support/until.ts';
import type { EntryBody, LedgerEntry } from '../../../messages/ledger-entry.ts';
import type { Draft, Ledger } from '../ledger.ts';

/** Opens ledgers for a test. */
export interface LedgerPlace {
  /** Opens the ledger of this place: the same one each time, once it is closed. */
  open(): Promise<Ledger>;
  /** Opens it once more beside; missing where a ledger belongs to one process. */
  openBeside?(): Promise<Ledger>;
  remove(): Promise<void>;
}

export function draftOf(target: string): Draft {
  return { by: { kind: 'system', id: 'test' }, body: banOf(target) };
}

function banOf(target: string): EntryBody {
  const bounds = { confidence: 1, expires_at_ms: 4_000_000_000_000 };
  return { kind: 'ban_set', target, reason: 'a "reason" — ü', source: 'manual', ...bounds };
}

async function appended(ledger: Ledger, ...targets: readonly string[]): Promise<readonly LedgerEntry[]> {
  const result = await ledger.append(targets.map(draftOf));
  assert.ok(result.ok);
  return result.value;
}

async function allOf(ledger: Ledger): Promise<readonly LedgerEntry[]> {
  const result = await ledger.read(0, 10_000);
  assert.ok(result.ok);
  return result.value;
}

/** Runs the tests of the contract. */
export function describeLedger(name: string, makePlace: () => Promise<LedgerPlace>): void {
  describe(name, () => {
    const places: LedgerPlace[] = [];
    const ledgers: Ledger[] = [];
    afterEach(async () => {
      for (const ledger of ledgers.splice(0)) await ledger.close();
      for (const place of places.splice(0)) await place.remove();
    });
    const newPlace = async (): Promise<LedgerPlace> => {
      const place = await makePlace();
      places.push(place);
      return place;
    };
    const open = async (place: LedgerPlace): Promise<Ledger> => {
      const ledger = await place.open();
      ledgers.push(ledger);
      return ledger;
    };

    it('begins empty, and numbers entries from 1 without a gap', async () => {
      const ledger = await open(await newPlace());
      assert.equal(ledger.head, 0);
      assert.deepEqual(await allOf(ledger), []);
      const first = await appended(ledger, '192.0.2.1', '192.0.2.2');
      const second = await appended(ledger, '192.0.2.3');
      assert.deepEqual(
        [...first, ...second].map(({ seq }) => seq),
        [1, 2, 3],
      );
      assert.equal(ledger.head, 3);
    });

    it('gives back what was put in, in parts too', async () => {
      const ledger = await open(await newPlace());
      const entries = await appended(ledger, '192.0.2.1', '192.0.2.2', '192.0.2.3');
      assert.deepEqual(await allOf(ledger), entries);
      assert.deepEqual(await ledger.read(1, 1), { ok: true, value: [entries[1]] });
      assert.deepEqual(await ledger.read(3, 10), { ok: true, value: [] });
    });

    it('keeps everything over a restart, and stays the same ledger', async () => {
      const place = await newPlace();
      const before = await open(place);
      const entries = await appended(before, '192.0.2.1', '192.0.2.2');
      await before.close();
      const after = await open(place);
      assert.equal(after.id, before.id);
      assert.equal(after.head, 2);
      assert.deepEqual(await allOf(after), entries);
      assert.equal((await appended(after, '192.0.2.3'))[0]?.seq, 3);
    });

    it('is another ledger in another place', async () => {
      const [one, two] = [await open(await newPlace()), await open(await newPlace())];
      assert.notEqual(one.id, two.id);
    });

    it('puts appends that come at once one behind the other, each in one piece', async () => {
      const ledger = await open(await newPlace());
      const results = await Promise.all(
        Array.from({ length: 50 }, (_, nth) => appended(ledger, `192.0.2.${nth}`, `198.51.100.${nth}`)),
      );
      for (const [first, second] of results) assert.equal(second!.seq, first!.seq + 1);
      const seqs = results.flat().map(({ seq }) => seq);
      assert.deepEqual(
        seqs.toSorted((a, b) => a - b),
        Array.from({ length: 100 }, (_, nth) => nth + 1),
      );
    });

    it('refuses what was decided on an older state, and nothing of it is there', async () => {
      const ledger = await open(await newPlace());
      await appended(ledger, '192.0.2.1');
      const [fits, late] = await Promise.all([
        ledger.append([draftOf('192.0.2.2')], 1),
        ledger.append([draftOf('192.0.2.3')], 1),
      ]);
      assert.ok(fits.ok);
      assert.equal(late.ok ? null : late.fault.kind, 'moved');
      assert.equal(ledger.head, 2);
      assert.equal((await allOf(ledger)).length, 2);
    });

    it('tells watchers of each entry once and in order, until they stop', async () => {
      const ledger = await open(await newPlace());
      const told: number[] = [];
      const stop = ledger.watch(({ seq }) => told.push(seq));
      await Promise.all([appended(ledger, '192.0.2.1'), appended(ledger, '192.0.2.2', '192.0.2.3')]);
      await ledger.settled();
      stop();
      await appended(ledger, '192.0.2.4');
      await ledger.settled();
      assert.deepEqual(told, [1, 2, 3]);
    });

    it('reads pages that begin and end anywhere', async () => {
      const ledger = await open(await newPlace());
      for (const nth of [1, 3, 5]) await appended(ledger, `192.0.2.${nth}`, `192.0.2.${nth + 1}`);
      const entries = await allOf(ledger);
      for (const [after, limit] of [
        [0, 1],
        [1, 2],
        [1, 3],
        [4, 1],
        [2, 10],
        [3, 2],
        [5, 5],
      ] as const) {
        const page = await ledger.read(after, limit);
        assert.deepEqual(page.ok && page.value, entries.slice(after, after + limit), `${after}, ${limit}`);
      }
    });

    it('keeps the newest checkpoint over a restart', async () => {
      const place = await newPlace();
      const before = await open(place);
      assert.deepEqual(await before.loadCheckpoint(), { ok: true, value: null });
      const state = JSON.stringify(Array.from({ length: 100_000 }, (_, nth) => (nth * 7919) % 104_729));
      assert.ok((await before.saveCheckpoint({ seq: 7, state: 'old' })).ok);
      assert.ok((await before.saveCheckpoint({ seq: 9, state })).ok);
      assert.ok((await before.saveCheckpoint({ seq: 8, state: 'late' })).ok);
      await before.close();
      assert.deepEqual(await (await open(place)).loadCheckpoint(), { ok: true, value: { seq: 9, state } });
    });

    it('has one order for all that append beside each other', async () => {
      const place = await newPlace();
      const one = await open(place);
      if (place.openBeside === undefined) return;
      const two = await place.openBeside();
      ledgers.push(two);
      const told: [LedgerEntry[], LedgerEntry[]] = [[], []];
      one.watch((entry) => told[0].push(entry));
      two.watch((entry) => told[1].push(entry));
      for (let round = 0; round < 10; round += 1) {
        await Promise.all([
          appended(one, `192.0.2.${round}`, `198.51.100.${round}`),
          appended(two, `203.0.113.${round}`),
          one.append([draftOf('192.0.2.200')], one.head),
          two.append([draftOf('192.0.2.201')], two.head),
        ]);
      }
      const all = await allOf(one);
      await until(
        'all entries',
        () => Math.min(told[0].length, told[1].length),
        (count) => count >= all.length,
      );
      assert.deepEqual(told[0], await allOf(two));
      assert.deepEqual(told[1], told[0]);
      assert.deepEqual(
        told[0].map(({ seq }) => seq),
        told[0].map((_, index) => index + 1),
      );
    });

    it('takes nothing once it is closed', async () => {
      const ledger = await open(await newPlace());
      await ledger.close();
      const result = await ledger.append([draftOf('192.0.2.1')]);
      assert.equal(result.ok ? null : result.fault.kind, 'unavailable');
    });
  });
}
