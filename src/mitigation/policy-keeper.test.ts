import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { type Config, configSchema } from '../config/schema.ts';
import { fail, ok, type Result } from '../core/result.ts';
import { type FleetSettings, NO_FLEET } from './fleet-settings.ts';
import { type Policy, preparePolicy } from './policy.ts';
import { PolicyKeeper } from './policy-keeper.ts';

const LAYERED: FleetSettings = {
  revision: 2,
  layers: [{ scope: 'fleet', revision: 2, toml: '# any' }],
  mode: 'normal',
};

function configOf(burst: number): Config {
  const ddos = { rate_limiting: { burst_size: burst } };
  return configSchema.parse({ network: { tls: { enabled: false } }, waf: { enabled: false }, ddos });
}

describe('the policy in force', () => {
  let changes: Policy[];
  let reads: number;
  let file: Result<Config, readonly string[]>;
  let keeper: PolicyKeeper;
  const burst = (): number => keeper.policy.config.ddos.rate_limiting.burst_size;

  beforeEach(async () => {
    changes = [];
    reads = 0;
    file = ok(configOf(100));
    const quiet = (): void => undefined;
    const log = { debug: quiet, info: quiet, warn: quiet, error: quiet, setLevel: quiet };
    const usual = configOf(100);
    const policy = await preparePolicy(usual, 1, 1);
    assert.ok(policy.ok);
    const deps = {
      workers: 1,
      log: { ...log, child: () => log as never },
      readConfig: () => {
        reads += 1;
        return file;
      },
      onChange: async (changed: Policy): Promise<void> => {
        changes.push(changed);
      },
    };
    keeper = new PolicyKeeper(deps, { policy: policy.value, usual, fleet: NO_FLEET });
  });

  it('changes as a whole, and is told to everybody else', async () => {
    file = ok(configOf(60));
    const adopted = await keeper.adopt(LAYERED);
    assert.deepEqual(adopted, ok({ applied: ['ddos.rate_limiting.burst_size'], needsRestart: [] }));
    assert.equal(burst(), 60);
    assert.deepEqual(keeper.fleet, LAYERED);
    assert.deepEqual(changes, [keeper.policy]);
  });

  it('stays as it was after a fault or an unexpected error', async () => {
    file = fail(['a fault']);
    assert.deepEqual(await keeper.adopt(LAYERED), fail(['a fault']));
    file = undefined as never;
    assert.equal((await keeper.adopt(LAYERED)).ok, false);
    assert.equal(burst(), 100);
    assert.deepEqual(keeper.fleet, NO_FLEET);
    assert.deepEqual(changes, []);
  });

  it('is not prepared anew for the same texts under another number', async () => {
    await keeper.adopt(LAYERED);
    await keeper.adopt({ ...LAYERED, revision: 5 });
    assert.equal(keeper.fleet.revision, 5);
    assert.deepEqual([reads, changes.length], [1, 1]);
  });

  it('becomes strict by mode without a look at the file, and keeps the mode over a reload', async () => {
    file = fail(['half written']);
    assert.equal((await keeper.adopt({ ...NO_FLEET, mode: 'under_attack' })).ok, true);
    assert.equal(burst(), 50);
    assert.equal(reads, 0);
    file = ok(configOf(60));
    await keeper.reload();
    assert.equal(burst(), 30);
    await keeper.adopt(NO_FLEET);
    assert.equal(burst(), 60);
  });

  it('changes once at a time, in the order in which it was asked to', async () => {
    const asked = [
      keeper.adopt(LAYERED),
      keeper.reload(),
      keeper.adopt({ ...LAYERED, mode: 'under_attack' }),
    ];
    for (const change of await Promise.all(asked)) assert.equal(change.ok, true);
    assert.deepEqual(
      changes.map(({ revision }) => revision),
      [2, 3, 4],
    );
    assert.equal(keeper.fleet.mode, 'under_attack');
  });
});
