import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readEnvironment } from './environment.ts';
import { Findings } from './fault.ts';
import { CONFIG_KEYS } from './keys.ts';

function readOne(variable: string, text: string): unknown {
  const settings = readEnvironment({ [variable]: text }, new Findings());
  return [...settings.values()][0]?.value;
}

describe('readEnvironment', () => {
  const cases: readonly (readonly [string, string, unknown])[] = [
    ['SECBEAT__NETWORK__TLS__ENABLED', 'false', false],
    ['SECBEAT__NETWORK__TLS__ENABLED', 'no', 'no'],
    ['SECBEAT__NETWORK__WORKERS', '4', 4],
    ['SECBEAT__NETWORK__WORKERS', ' 4', ' 4'],
    ['SECBEAT__NETWORK__WORKERS', '0x10', '0x10'],
    ['SECBEAT__NETWORK__WORKERS', '', ''],
    ['SECBEAT__DDOS__BLACKLIST__ESCALATION_MULTIPLIER', '1.5', 1.5],
    ['SECBEAT__LOGGING__FILE_PATH', '42', '42'],
    ['SECBEAT__DDOS__BLACKLIST__WHITELIST', '', []],
    ['SECBEAT__DDOS__BLACKLIST__WHITELIST', '::1', ['::1']],
    ['SECBEAT__DDOS__BLACKLIST__WHITELIST', ' 10.0.0.0/8 , ::1', ['10.0.0.0/8', '::1']],
    ['SECBEAT__WAF__ATTACK_PATTERNS__CUSTOM_PATTERNS', '["a{1,2}", "b"]', ['a{1,2}', 'b']],
    ['SECBEAT__WAF__ATTACK_PATTERNS__CUSTOM_PATTERNS', "['a\\d', 'b',]", ['a\\d', 'b']],
    ['SECBEAT__WAF__ATTACK_PATTERNS__CUSTOM_PATTERNS', '[oops', '[oops'],
  ];
  for (const [variable, text, value] of cases) {
    it(`reads ${JSON.stringify(text)} for ${variable}`, () =>
      assert.deepEqual(readOne(variable, text), value));
  }

  it('knows one distinct name for every key', () => {
    assert.equal(new Set(CONFIG_KEYS.map((key) => key.environmentName)).size, CONFIG_KEYS.length);
  });

  it('reports a name that is close to one, and leaves the names of others alone', () => {
    const findings = new Findings();
    const environment = { SECBEAT__NETWORK__WORKER: '1', SECBEAT_CONFIG: 'x', SECBEAT__: '', PATH: '/bin' };
    assert.equal(readEnvironment(environment, findings).size, 0);
    assert.deepEqual(
      findings.kept.map(({ variable, suggestion }) => [variable, suggestion]),
      [
        ['SECBEAT__NETWORK__WORKER', 'did you mean SECBEAT__NETWORK__WORKERS?'],
        ['SECBEAT__', null],
      ],
    );
  });
});
