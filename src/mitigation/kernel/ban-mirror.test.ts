import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { ManualClock } from '../../core/clock.ts';
import { type Prefix, parsePrefix, prefixContains } from '../../core/ip.ts';
import { silentLogger } from '../../core/logger.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { BanMirror } from './ban-mirror.ts';
import type { NftFault } from './nft-process.ts';

function prefixOf(text: string): Prefix {
  const prefix = parsePrefix(text);
  assert.ok(prefix.ok);
  return prefix.value;
}

/** A mirror whose nft is a list of the scripts it was given. */
class Scene {
  readonly clock: ManualClock = new ManualClock();
  readonly scripts: string[] = [];
  readonly bans = new Map<string, number>();
  exempt: Prefix | null = null;
  fault: NftFault | null = null;
  readonly mirror: BanMirror;
  #arrived = Promise.withResolvers<void>();

  constructor(entriesMax = 100) {
    this.mirror = new BanMirror({
      run: (script) => this.#run(script),
      clock: this.clock,
      logger: silentLogger,
      table: 't',
      entriesMax,
      isExempt: (prefix) => this.exempt !== null && prefixContains(prefix, this.exempt.words),
      readBans: () =>
        [...this.bans]
          .filter(([, expiresAtMs]) => expiresAtMs > this.clock.wallMs())
          .map(([target, expiresAtMs]) => ({ target, expiresAtMs })),
    });
  }

  ban(target: string, seconds: number): void {
    const expiresAtMs = this.clock.wallMs() + seconds * 1000;
    this.bans.set(target, expiresAtMs);
    this.mirror.put({ target, expiresAtMs });
  }

  lift(target: string): void {
    this.bans.delete(target);
    this.mirror.remove(target);
  }

  start(): Promise<void> {
    return this.mirror.start([{ host: '0.0.0.0', port: 443 }]);
  }

  /** The next script, with nothing of the ones before. */
  async next(): Promise<string> {
    if (this.scripts.length === 0) await this.#arrived.promise;
    this.#arrived = Promise.withResolvers();
    await turn();
    return this.scripts.splice(0).join('');
  }

  async #run(script: string): Promise<Result<void, NftFault>> {
    this.scripts.push(script);
    this.#arrived.resolve();
    await turn();
    return this.fault === null ? ok(undefined) : fail(this.fault);
  }
}

describe('bans in the kernel', () => {
  it('begin with a new table that holds all bans in force, each in the set of its length', async () => {
    const scene = new Scene();
    scene.bans.set('192.0.2.1', scene.clock.wallMs() + 60_000);
    scene.bans.set('198.51.100.0/24', scene.clock.wallMs() + 60_000);
    scene.bans.set('2001:db8::/64', scene.clock.wallMs() + 60_000);
    scene.bans.set('192.0.2.2', scene.clock.wallMs());
    await scene.start();
    const script = await scene.next();
    assert.ok(script.startsWith('add table inet t\ndelete table inet t\n'));
    assert.match(script, /ip saddr @v4_32 drop/);
    assert.match(script, /ip saddr & 255\.255\.255\.0 @v4_24 drop/);
    assert.match(script, /ip6 saddr & ffff:ffff:ffff:ffff:: @v6_64 drop/);
    assert.match(script, /v4_32 \{ 192\.0\.2\.1 timeout 60000ms \}/);
    assert.doesNotMatch(script, /192\.0\.2\.2/);
    assert.equal(scene.mirror.read()?.bans, 3);
    await scene.mirror.stop();
    assert.equal(await scene.next(), 'add table inet t\ndelete table inet t\n');
  });

  it('follow what is added, extended and lifted, several changes in one script', async () => {
    const scene = new Scene();
    await scene.start();
    await scene.next();
    scene.ban('192.0.2.1', 60);
    scene.ban('192.0.2.2', 60);
    scene.ban('192.0.2.1', 90);
    const added = await scene.next();
    assert.match(
      added,
      /add element inet t v4_32 \{ 192\.0\.2\.1 timeout 90000ms, 192\.0\.2\.2 timeout 60000ms \}/,
    );
    scene.lift('192.0.2.1');
    scene.lift('192.0.2.9');
    const lifted = await scene.next();
    assert.equal(
      lifted,
      'add element inet t v4_32 { 192.0.2.1 }\ndelete element inet t v4_32 { 192.0.2.1 }\n',
    );
    scene.clock.advanceMs(60_000);
    scene.mirror.sweep();
    assert.equal(scene.mirror.read()?.bans, 0);
    await scene.mirror.stop();
  });

  it('leave out whatever holds an address that is allowed, also from when it is allowed', async () => {
    const scene = new Scene();
    scene.exempt = prefixOf('192.0.2.1');
    await scene.start();
    await scene.next();
    scene.ban('192.0.2.0/24', 60);
    scene.ban('192.0.2.1', 60);
    scene.ban('192.0.2.2', 60);
    assert.match(await scene.next(), /\{ 192\.0\.2\.2 timeout/);
    scene.exempt = prefixOf('192.0.2.2');
    scene.mirror.exemptionsChanged();
    const script = await scene.next();
    assert.match(script, /delete element inet t v4_32 \{ 192\.0\.2\.1, 192\.0\.2\.2 \}/);
    assert.match(script, /add element inet t v4_32 \{ 192\.0\.2\.1 timeout/);
    assert.equal(scene.mirror.read()?.bans, 1);
    await scene.mirror.stop();
  });

  it('are bounded; one that found no room gets in when another ends', async () => {
    const scene = new Scene(2);
    await scene.start();
    await scene.next();
    scene.ban('192.0.2.1', 10);
    scene.ban('192.0.2.2', 60);
    scene.ban('192.0.2.3', 60);
    assert.doesNotMatch(await scene.next(), /192\.0\.2\.3/);
    scene.clock.advanceMs(10_000);
    scene.mirror.sweep();
    assert.match(await scene.next(), /192\.0\.2\.3 timeout 50000ms/);
    await scene.mirror.stop();
  });

  it('are given up for good without the program or the right', async () => {
    const scene = new Scene();
    scene.fault = { kind: 'denied', message: 'no' };
    await scene.start();
    await scene.next();
    assert.equal(scene.mirror.read(), null);
    scene.ban('192.0.2.1', 60);
    await scene.mirror.stop();
    assert.deepEqual(scene.scripts, []);
  });

  it('wait for a program that goes away after it has worked, as in an upgrade', async () => {
    const scene = new Scene();
    await scene.start();
    await scene.next();
    scene.fault = { kind: 'missing', message: 'gone' };
    scene.ban('192.0.2.1', 60);
    await scene.next();
    scene.fault = null;
    assert.match(await scene.next(), /192\.0\.2\.1 timeout/);
    await scene.mirror.stop();
    assert.equal(await scene.next(), 'add table inet t\ndelete table inet t\n');
  });

  it('are made anew after a script that failed, and count the failure', async () => {
    const scene = new Scene();
    await scene.start();
    await scene.next();
    scene.fault = { kind: 'failed', message: 'busy' };
    scene.ban('192.0.2.1', 60);
    await scene.next();
    scene.fault = null;
    const script = await scene.next();
    assert.match(script, /delete table inet t/);
    assert.match(script, /192\.0\.2\.1 timeout/);
    assert.deepEqual(scene.mirror.read(), { bans: 1, failures: 1 });
    await scene.mirror.stop();
  });
});
