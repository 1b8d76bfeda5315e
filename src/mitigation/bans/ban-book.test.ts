import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { createBanTableMemory } from '../../core/ban-slots.ts';
import { BanTable } from '../../core/ban-table.ts';
import { ManualClock } from '../../core/clock.ts';
import { clientKeyInto, createAddressWords } from '../../core/ip.ts';
import { BanBook } from './ban-book.ts';
import { BanStore } from './ban-store.ts';

const HOUR_MS = 3_600_000;
const MEMORY_MS = 24 * HOUR_MS;

class Scene {
  readonly clock: ManualClock = new ManualClock();
  readonly path: string;
  readonly closed: string[] = [];
  closings = 0;
  denied: readonly string[] = [];
  /** How often that was announced. */
  announcements = 0;
  /** Bans as they were announced one by one. */
  readonly mirrored: Set<string> = new Set();
  table: BanTable;
  store: BanStore;
  book: BanBook;

  constructor(path: string) {
    this.path = path;
    [this.table, this.store, this.book] = this.#open();
  }

  /** What a restart of the process does: everything but the file is new. */
  restart(): void {
    this.store.close();
    [this.table, this.store, this.book] = this.#open();
  }

  key(address: string): Int32Array {
    const words = createAddressWords();
    assert.ok(clientKeyInto(address, 64, words));
    return words;
  }

  isBanned(address: string): boolean {
    return this.table.isBanned(this.key(address), this.clock.nowMs());
  }

  /** A worker's side of an automatic ban. */
  banAutomatically(address: string): number {
    const key = this.key(address);
    const durationMs = this.table.ban(key, this.clock.nowMs(), HOUR_MS, 2, MEMORY_MS);
    // Workers' clocks have fractions of milliseconds, the disk has not.
    const bannedAtMs = this.clock.nowMs() - 0.25;
    this.book.noteAutomatic({ key: [...key], bannedAtMs, durationMs, reason: 'rate_limit' });
    return durationMs;
  }

  #open(): [BanTable, BanStore, BanBook] {
    const table = new BanTable(createBanTableMemory(1024, { low: 1, high: 2 }));
    const store = BanStore.open(this.path, (message) => assert.fail(message));
    assert.ok(store.ok);
    const announcer = {
      deny: (prefixes: readonly string[]) => {
        this.denied = prefixes;
        this.announcements += 1;
      },
      closeClients: (targets: readonly string[]) => {
        this.closed.push(...targets);
        this.closings += 1;
      },
      banSet: ({ target }: { readonly target: string }) => void this.mirrored.add(target),
      banLifted: (target: string) => void this.mirrored.delete(target),
    };
    const book = new BanBook({ table, store: store.value, clock: this.clock, announcer }, 64, MEMORY_MS);
    return [table, store.value, book];
  }
}

function withScene(run: (scene: Scene) => void): void {
  const folder = mkdtempSync(join(tmpdir(), 'secbeat-bans-'));
  const scene = new Scene(join(folder, 'node.db'));
  try {
    run(scene);
  } finally {
    scene.store.close();
    rmSync(folder, { recursive: true });
  }
}

describe('ban book', () => {
  it('bans a client by address, closes its connections and lists why', () => {
    withScene((scene) => {
      const ban = scene.book.add({
        target: '192.0.2.1',
        reason: 'abuse',
        durationSeconds: 60,
        source: 'management',
      });
      assert.ok(ban.ok);
      assert.ok(scene.isBanned('192.0.2.1'));
      assert.deepEqual(scene.closed, ['192.0.2.1']);
      assert.deepEqual(
        scene.book.list().map(({ target, reason, source }) => ({ target, reason, source })),
        [{ target: '192.0.2.1', reason: 'abuse', source: 'management' }],
      );
    });
  });

  it('keeps bans over a restart and ends them when their time is over', () => {
    withScene((scene) => {
      scene.book.add({ target: '192.0.2.1', reason: 'abuse', durationSeconds: 60, source: 'management' });
      scene.book.add({
        target: '198.51.100.0/24',
        reason: 'abuse',
        durationSeconds: 60,
        source: 'management',
      });
      scene.restart();
      assert.ok(scene.isBanned('192.0.2.1'));
      assert.deepEqual(scene.denied, ['198.51.100.0/24']);
      scene.clock.advanceMs(60_001);
      scene.book.sweep();
      assert.ok(!scene.isBanned('192.0.2.1'));
      assert.deepEqual(scene.denied, []);
      assert.deepEqual(scene.book.list(), []);
    });
  });

  it('closes what the fleet bans newly in one go, and what it banned before not again', () => {
    withScene((scene) => {
      const expiresAtMs = scene.clock.wallMs() + HOUR_MS;
      const bans = ['192.0.2.1', '198.51.100.0/24', '::/0'].map((target) => ({
        target,
        reason: 'flood',
        expiresAtMs,
      }));
      scene.book.shareAll(bans.slice(0, 1));
      scene.book.shareAll(bans);
      assert.deepEqual(scene.closed, ['192.0.2.1', '198.51.100.0/24']);
      assert.equal(scene.closings, 2);
      scene.book.shareAll(bans);
      assert.equal(scene.closings, 2);
    });
  });

  it('announces the list once, however many bans end in one moment', () => {
    withScene((scene) => {
      for (const target of ['198.51.100.0/24', '203.0.113.0/24', 'as:64500']) {
        scene.book.add({ target, reason: 'abuse', durationSeconds: 60, source: 'management' });
      }
      const before = scene.announcements;
      scene.clock.advanceMs(60_001);
      scene.book.sweep();
      assert.deepEqual(scene.denied, []);
      assert.equal(scene.announcements, before + 1);
    });
  });

  it('keeps bans in force when the prefix that makes one client becomes another', () => {
    withScene((scene) => {
      const request = { reason: 'abuse', durationSeconds: 60, source: 'management' } as const;
      scene.book.add({ ...request, target: '2001:db8::/56' });
      scene.book.add({ ...request, target: '2001:db8:1::/64' });
      assert.deepEqual(scene.denied, ['2001:db8::/56']);
      scene.book.configure(56, MEMORY_MS);
      assert.deepEqual(scene.denied, ['2001:db8:1::/64']);
      const key = createAddressWords();
      assert.ok(clientKeyInto('2001:db8::ff', 56, key));
      assert.ok(scene.table.isBanned(key, scene.clock.nowMs()));
    });
  });

  it('remembers repeats over a restart, so that the next ban is longer', () => {
    withScene((scene) => {
      assert.equal(scene.banAutomatically('192.0.2.1'), HOUR_MS);
      scene.clock.advanceMs(HOUR_MS + 1);
      scene.book.sweep();
      scene.restart();
      assert.ok(!scene.isBanned('192.0.2.1'));
      assert.equal(scene.banAutomatically('192.0.2.1'), 2 * HOUR_MS);
      assert.equal(scene.book.list()[0]?.repeats, 2);
    });
  });

  it('lets a ban end at the later time when it is given twice', () => {
    withScene((scene) => {
      scene.book.add({ target: '192.0.2.1', reason: 'long', durationSeconds: 600, source: 'management' });
      scene.book.add({ target: '192.0.2.1', reason: 'short', durationSeconds: 60, source: 'management' });
      scene.clock.advanceMs(61_000);
      scene.book.sweep();
      assert.ok(scene.isBanned('192.0.2.1'));
    });
  });

  it('lifts the ban on the IPv6 client that an address belongs to', () => {
    withScene((scene) => {
      scene.banAutomatically('2001:db8::1');
      assert.ok(scene.isBanned('2001:db8::ffff'));
      const lifted = scene.book.lift('2001:db8::2');
      assert.deepEqual(lifted, { ok: true, value: '2001:db8::/64' });
      assert.ok(!scene.isBanned('2001:db8::1'));
    });
  });

  it('announces each ban, of whatever kind, and each that is lifted', () => {
    withScene((scene) => {
      scene.banAutomatically('192.0.2.1');
      for (const target of ['192.0.2.2', '198.51.100.0/24']) {
        assert.ok(scene.book.add({ target, durationSeconds: 60, reason: 'test', source: 'management' }).ok);
      }
      assert.deepEqual([...scene.mirrored], ['192.0.2.1', '192.0.2.2', '198.51.100.0/24']);
      assert.deepEqual(
        [...scene.book.inForce()].map(({ target }) => target),
        [...scene.mirrored],
      );
      scene.book.lift('192.0.2.1');
      scene.clock.advanceMs(60_000);
      scene.book.sweep();
      assert.deepEqual([...scene.mirrored], []);
    });
  });

  it('takes bans of the fleet, which end with it, and keeps its own apart', () => {
    withScene((scene) => {
      const ending = (target: string) => ({
        target,
        reason: 'fleet',
        expiresAtMs: scene.clock.wallMs() + HOUR_MS,
      });
      assert.ok(scene.book.share(ending('192.0.2.1')).ok);
      assert.ok(scene.book.share(ending('198.51.100.0/24')).ok);
      assert.ok(scene.isBanned('192.0.2.1'));
      assert.deepEqual(scene.denied, ['198.51.100.0/24']);
      scene.banAutomatically('192.0.2.2');
      scene.restart();
      const own = scene.book.shareAll([ending('192.0.2.3')]);
      assert.deepEqual(
        own.map(({ target }) => target),
        ['192.0.2.2'],
      );
      assert.ok(!scene.isBanned('192.0.2.1'), 'lifted while nothing was heard of it');
      assert.ok(scene.isBanned('192.0.2.2') && scene.isBanned('192.0.2.3'));
      scene.book.unshare('192.0.2.3');
      assert.ok(!scene.isBanned('192.0.2.3'));
    });
  });

  it('lets what a command bans here stand for its time, whatever the fleet bans meanwhile', () => {
    withScene((scene) => {
      const target = '192.0.2.1';
      const shareFor = (durationMs: number) =>
        scene.book.share({ target, reason: 'fleet', expiresAtMs: scene.clock.wallMs() + durationMs });
      scene.book.add({ target, reason: 'here', durationSeconds: 3600, source: 'command' });
      assert.ok(shareFor(HOUR_MS / 2).ok);
      assert.equal(scene.book.find(target)?.source, 'command');
      scene.clock.advanceMs(HOUR_MS - 1);
      assert.ok(scene.isBanned(target));
      assert.ok(shareFor(HOUR_MS).ok);
      assert.equal(scene.book.find(target)?.source, 'orchestrator');
    });
  });

  it('knows what the fleet bans, also behind a ban of its own and by whatever name', () => {
    withScene((scene) => {
      const target = '2001:db8::/64';
      scene.book.share({ target, reason: 'fleet', expiresAtMs: scene.clock.wallMs() + HOUR_MS });
      scene.book.add({ target, reason: 'here', durationSeconds: 7200, source: 'management' });
      assert.ok(scene.book.isShared('2001:DB8::/64') && scene.book.isShared('2001:db8::7'));
      assert.ok(!scene.book.isShared('2001:db8:0:1::7') && !scene.book.isShared('nonsense'));
      scene.clock.advanceMs(HOUR_MS);
      assert.ok(scene.isBanned('2001:db8::7') && !scene.book.isShared(target), 'only here by now');
    });
  });

  it('leaves to the fleet what it bans for longer than a command does', () => {
    withScene((scene) => {
      const target = '192.0.2.1';
      scene.book.share({ target, reason: 'fleet', expiresAtMs: scene.clock.wallMs() + HOUR_MS });
      const added = scene.book.add({ target, reason: 'here', durationSeconds: 60, source: 'command' });
      assert.ok(added.ok && added.value.reason === 'fleet');
      scene.book.shareAll([]);
      assert.ok(!scene.isBanned(target), 'lifted by the fleet');
    });
  });

  it('takes no ban of the fleet that is on everybody or for ever', () => {
    withScene((scene) => {
      const shared = (target: string, expiresAtMs = scene.clock.wallMs() + HOUR_MS) =>
        scene.book.share({ target, reason: 'fleet', expiresAtMs });
      for (const target of ['0.0.0.0/0', '::/0', '2000::/3']) assert.equal(shared(target).ok, false, target);
      assert.deepEqual(scene.book.list(), []);
      assert.ok(shared('192.0.2.1', Number.MAX_SAFE_INTEGER).ok);
      const [ban] = scene.book.list();
      const years = (Date.parse(ban?.expiresAt ?? '') - scene.clock.wallMs()) / (8766 * HOUR_MS);
      assert.ok(years > 0.9 && years < 1.1, `${years} years`);
    });
  });

  it('says so where no ban was in force, and refuses what is no address', () => {
    withScene((scene) => {
      assert.deepEqual(scene.book.lift('192.0.2.9'), { ok: true, value: null });
      assert.equal(scene.book.lift('nonsense').ok, false);
      const refused = scene.book.add({
        target: '10.0.0.1/8',
        reason: '',
        durationSeconds: 1,
        source: 'management',
      });
      assert.equal(refused.ok, false);
    });
  });
});
