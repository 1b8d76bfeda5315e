import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { type Config, configSchema } from '../config/schema.ts';
import type { Logger } from '../core/logger.ts';
import { fail, ok, type Result } from '../core/result.ts';
import { writeKeptFleet } from './control/kept-fleet.ts';
import { type FleetSettings, NO_FLEET } from './fleet-settings.ts';
import { type StartSettings, startSettings, startWithAny } from './start-settings.ts';

const KEPT: FleetSettings = {
  revision: 4,
  layers: [{ scope: 'fleet', revision: 4, toml: '[waf]\nmode = "monitor"\n' }],
  mode: 'under_attack',
};

describe('what a node starts with', () => {
  let dir: string;
  let errors: string[];
  const log = (message: string): void => {
    errors.push(message);
  };
  const quiet = (): void => undefined;
  const logger: Logger = { debug: quiet, info: quiet, warn: quiet, error: log, child: () => logger };
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'start-settings-'));
    errors = [];
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  const own = (enabled = true): Config => configSchema.parse({ state: { dir }, orchestrator: { enabled } });
  const composed = configSchema.parse({ waf: { mode: 'monitor' } });
  function settingsOf(
    config: Config,
    read: Result<Config, readonly string[]> = ok(composed),
  ): readonly [StartSettings, ...StartSettings[]] {
    return startSettings({ config, log: logger, readConfig: () => read });
  }

  it('is its own configuration where nothing was kept', () => {
    const config = own();
    assert.deepEqual(settingsOf(config), [{ config, fleet: NO_FLEET }]);
  });

  it('is what was kept, and behind it its own configuration in the same mode', async () => {
    await writeKeptFleet(dir, KEPT);
    const config = own();
    const without = { config, fleet: { ...NO_FLEET, mode: 'under_attack' } };
    assert.deepEqual(settingsOf(config), [{ config: composed, fleet: KEPT }, without]);
    assert.deepEqual(settingsOf(config, fail(['a fault'])), [without]);
    assert.deepEqual(errors, ['The kept policy of the fleet is refused, starting without it']);
  });

  it('is its own configuration where the kept one is damaged, and a line says so', () => {
    writeFileSync(join(dir, 'fleet-policy.json'), '{');
    const config = own();
    assert.deepEqual(settingsOf(config), [{ config, fleet: NO_FLEET }]);
    assert.deepEqual(errors, ['The kept policy of the fleet cannot be used']);
  });

  it('is its own configuration where it is in no fleet any more', async () => {
    await writeKeptFleet(dir, KEPT);
    const config = own(false);
    assert.deepEqual(settingsOf(config), [{ config, fleet: NO_FLEET }]);
  });

  it('is the first that works', async () => {
    await writeKeptFleet(dir, KEPT);
    const choices = settingsOf(own());
    const start = async ({ fleet }: StartSettings): Promise<Result<number | null, readonly string[]>> =>
      fleet.revision === null ? ok(fleet.revision) : fail(['a rule file is missing']);
    assert.deepEqual(await startWithAny(choices, start, logger), ok(null));
    assert.equal(errors.length, 1);
    const never = async (): Promise<Result<never, readonly string[]>> => fail(['no port']);
    assert.deepEqual(await startWithAny(choices, never, logger), fail(['no port']));
  });
});
