import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CAUTIONS } from './cautions.ts';
import { RESTART_KEYS } from './diff.ts';
import { CONFIG_KEYS, CONFIG_SECTIONS, KEYS_BY_PATH, readKey } from './keys.ts';
import { RELATIONS } from './relations.ts';
import { defaultConfig } from './schema.ts';

describe('the list of keys', () => {
  it('holds a description, an expectation and a default that is in force for each key', () => {
    const config = defaultConfig();
    for (const key of CONFIG_KEYS) {
      assert.match(key.description, /^[A-Z"].*\.$/, key.path);
      assert.doesNotMatch(key.expected, /undefined|a text/, key.path);
      assert.deepEqual(readKey(config, key), key.fallback, key.path);
    }
  });

  it('describes each section', () => {
    for (const section of CONFIG_SECTIONS) {
      assert.match(section.description, /^[A-Z].*\.$/, section.path);
    }
  });

  it('has secrets, which have no default', () => {
    const secrets = CONFIG_KEYS.filter((key) => key.secret);
    assert.deepEqual(
      secrets.map((key) => [key.path, key.fallback]),
      [
        ['acme.eab_hmac_key', undefined],
        ['orchestrator.token', undefined],
        ['orchestrator.enrolment_token', undefined],
        ['nats.password', undefined],
        ['nats.token', undefined],
        ['management.auth_token', undefined],
        ['fleet.provisioning_webhook_secret', undefined],
        ['fleet.token', undefined],
      ],
    );
  });

  it('knows every key that a relation names', () => {
    for (const path of [...RELATIONS, ...CAUTIONS].flatMap((relation) => relation.keys)) {
      assert.ok(KEYS_BY_PATH.has(path), path);
    }
  });

  it('marks what waits for a restart, by key and by section', () => {
    for (const path of [
      'network.listen_addr',
      'ddos.bans_max',
      'fleet.token',
      'orchestrator.heartbeat.interval',
    ]) {
      assert.ok(RESTART_KEYS.has(path), path);
    }
    for (const path of ['network.backend_addr', 'ddos.enabled', 'logging.level', 'management.auth_token']) {
      assert.ok(!RESTART_KEYS.has(path), path);
    }
  });
});
