import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Environment } from './environment.ts';
import { escapeReferences, expandSettings } from './expand.ts';
import { Findings } from './fault.ts';
import { KEYS_BY_PATH } from './keys.ts';
import type { Setting } from './settings.ts';

const ENV: Environment = { HOST: 'origin', EMPTY: '', DOLLAR: '$${HOST}' };

function expand(value: unknown, variable: string | null = null): { value: unknown; findings: Findings } {
  const key = KEYS_BY_PATH.get('logging.file_path');
  assert.ok(key !== undefined);
  const setting: Setting = { key, value, variable, policy: null };
  const findings = new Findings();
  const { settings, failed } = expandSettings(new Map([[key.path, setting]]), ENV, findings);
  assert.equal(failed.has(key.path), findings.kept.length > 0);
  return { value: settings.get(key.path)?.value, findings };
}

describe('expandSettings', () => {
  const cases: readonly (readonly [unknown, unknown])[] = [
    ['plain', 'plain'],
    [`\${HOST}:8080`, 'origin:8080'],
    [`\${HOST}\${HOST}`, 'originorigin'],
    [`\${ABSENT:-spare}`, 'spare'],
    [`\${ABSENT:-}`, ''],
    [`\${EMPTY:-spare}`, 'spare'],
    [`\${EMPTY}`, ''],
    [`$\${HOST}`, `\${HOST}`],
    [`$$\${HOST}`, `$\${HOST}`],
    [`\${DOLLAR}`, `$\${HOST}`],
    ['$HOST costs 5$', '$HOST costs 5$'],
    [
      ['a', `\${HOST}`, 3],
      ['a', 'origin', 3],
    ],
    [7, 7],
  ];
  for (const [written, read] of cases) {
    it(`reads ${JSON.stringify(written)} as ${JSON.stringify(read)}`, () => {
      const { value, findings } = expand(written);
      assert.deepEqual(value, read);
      assert.equal(findings.kept.length, 0);
    });
  }

  for (const written of [`\${ABSENT}`, `\${HOST`, `\${}`, `\${HOST-x}`, `\${toString}`]) {
    it(`refuses ${written}`, () => {
      const { value, findings } = expand(written);
      assert.equal(value, written);
      assert.equal(findings.kept.length, 1);
    });
  }

  it('fills in what lies in tables of a list', () => {
    const { value } = expand([{ a: { b: [`\${HOST}`] } }]);
    assert.equal(JSON.stringify(value), '[{"a":{"b":["origin"]}}]');
  });

  it('names the entry of a list that cannot be filled in', () => {
    const { findings } = expand(['a', `\${ABSENT}`]);
    assert.equal(findings.kept[0]?.path, 'logging.file_path[1]');
    const nested = expand([{ a: { b: `\${ABSENT}` } }]).findings;
    assert.equal(nested.kept[0]?.path, 'logging.file_path[0].a.b');
  });

  it('takes a value from the environment as it is', () => {
    assert.equal(expand(`\${HOST}`, 'SECBEAT__LOGGING__FILE_PATH').value, `\${HOST}`);
  });

  it('does not let a short text grow without bound', () => {
    const { findings } = expand(`\${HOST}`.repeat(200_000));
    assert.match(findings.kept[0]?.message ?? '', /too much text/);
  });

  it('leaves an escaped text as it was', () => {
    for (const text of [`\${HOST}`, `$\${HOST}`, '$', `\${`]) {
      assert.equal(expand(escapeReferences(text)).value, text);
    }
  });
});
