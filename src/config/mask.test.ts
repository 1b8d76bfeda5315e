import assert from 'node:assert/strict';
import { it } from 'node:test';
import { maskSecrets, SECRET_MASK } from './mask.ts';
import { type Config, defaultConfig } from './schema.ts';

it('masks the secrets that are set, shows the others as absent and changes nothing else', () => {
  const plain = defaultConfig();
  const config: Config = { ...plain, fleet: { ...plain.fleet, token: 'hunter2' } };
  const masked = maskSecrets(config);
  assert.doesNotMatch(JSON.stringify(masked), /hunter2/);
  assert.equal(masked.fleet.token, SECRET_MASK);
  assert.equal(masked.management.auth_token, undefined);
  assert.equal(config.fleet.token, 'hunter2');
  assert.deepEqual({ ...masked, fleet: plain.fleet }, plain);
});
