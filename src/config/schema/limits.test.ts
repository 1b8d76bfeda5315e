import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ok } from '../../core/result.ts';
import { formatFault } from '../fault.ts';
import { loadConfig } from '../load.ts';

const SOUND = { scope: '"fleet"', algorithm: '"sliding_window"', window_seconds: '5' };

/** What is said to a limit with these keys, for all sites or for one. */
function faultsOf(change: Readonly<Record<string, string>>, { ofSite = false, linked = true } = {}): string {
  const keys = Object.entries({ name: '"login"', ...SOUND, ...change }).map(
    ([key, value]) => `${key} = ${value}`,
  );
  const site = ['[[sites]]', 'name = "shop"', 'hosts = ["a.example"]'];
  const origin = ['[[sites.origins]]', 'url = "http://127.0.0.1:1"'];
  const limit = ofSite ? [...site, ...origin, '[[sites.limits]]', ...keys] : ['[[limits]]', ...keys];
  const text = [...limit, '[orchestrator]', `enabled = ${linked}`].join('\n');
  const readFile = () => ok(new TextEncoder().encode(text));
  const loaded = loadConfig({ path: 'x.toml', explicit: true, env: {}, readFile });
  return loaded.ok ? '' : loaded.fault.map(formatFault).join('\n');
}

describe('a limit for the fleet', () => {
  it('is a sliding window of at least five seconds', () => {
    assert.equal(faultsOf({}), '');
    assert.match(faultsOf({ algorithm: '"token_bucket"' }), /limits\[0\]\.algorithm.*sliding_window/);
    assert.match(faultsOf({ window_seconds: '4' }), /limits\[0\]\.window_seconds.*at least 5/);
    assert.match(
      faultsOf({ window_seconds: '4' }, { ofSite: true }),
      /sites\[0\]\.limits\[0\]\.window_seconds/,
    );
  });

  it('has a share that is neither nothing nor more than the whole', () => {
    assert.equal(faultsOf({ fleet_share: '1' }), '');
    assert.match(faultsOf({ fleet_share: '0' }), /fleet_share/);
    assert.match(faultsOf({ fleet_share: '1.1' }), /fleet_share/);
  });

  it('needs an orchestrator', () => {
    for (const ofSite of [false, true]) {
      assert.match(
        faultsOf({}, { linked: false, ofSite }),
        /orchestrator\.enabled.*limit login counts over the fleet/,
      );
    }
    assert.equal(faultsOf({ scope: '"node"' }, { linked: false }), '');
  });
});
