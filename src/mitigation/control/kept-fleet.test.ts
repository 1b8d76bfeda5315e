import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { FleetSettings } from '../fleet-settings.ts';
import { readKeptFleet, writeKeptFleet } from './kept-fleet.ts';

const FLEET: FleetSettings = {
  revision: 7,
  layers: [{ scope: 'group:edge', revision: 7, toml: '[waf]\nmode = "monitor"\n' }],
  mode: 'under_attack',
};

describe('the kept policy of the fleet', () => {
  let folder: string;
  beforeEach(() => {
    folder = join(mkdtempSync(join(tmpdir(), 'kept-fleet-')), 'state');
  });
  afterEach(() => rmSync(join(folder, '..'), { recursive: true }));

  it('is none before there was any', () => {
    assert.deepEqual(readKeptFleet(folder), { ok: true, value: null });
  });

  it('comes back as it was kept, for its owner only, without a trace of the one before', async () => {
    await writeKeptFleet(folder, { ...FLEET, revision: 6 });
    assert.deepEqual(await writeKeptFleet(folder, FLEET), { ok: true, value: undefined });
    assert.deepEqual(readKeptFleet(folder), { ok: true, value: FLEET });
    assert.deepEqual(readdirSync(folder), ['fleet-policy.json']);
    assert.equal(statSync(join(folder, 'fleet-policy.json')).mode & 0o777, 0o600);
  });

  it('that is damaged, of another form or too large is a fault and no policy', async () => {
    await writeKeptFleet(folder, FLEET);
    const path = join(folder, 'fleet-policy.json');
    for (const text of ['', '{"version":1', '{"version":2}', '\u0000'.repeat(10), '['.repeat(2_000_000)]) {
      writeFileSync(path, text);
      assert.equal(readKeptFleet(folder).ok, false, text.slice(0, 20));
    }
  });

  it('is told to be unwritable where there is no folder to make', async () => {
    writeFileSync(folder, '');
    assert.equal((await writeKeptFleet(folder, FLEET)).ok, false);
  });
});
