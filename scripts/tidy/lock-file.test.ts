import assert from 'node:assert/strict';
import { it } from 'node:test';
import { checkLockFile } from './lock-file.ts';

function messages(packages: object): string[] {
  const text = JSON.stringify({ packages });
  return checkLockFile({ path: 'package-lock.json', text }).map((finding) => finding.message);
}

it('accepts a lock file with all optional packages and without addresses', () => {
  assert.deepEqual(
    messages({
      'node_modules/a': { version: '1.0.0', optionalDependencies: { 'a-linux': '1.0.0' } },
      'node_modules/a-linux': { version: '1.0.0', optional: true },
    }),
    [],
  );
});

it('names an optional package without an entry, because npm ci refuses such a file', () => {
  assert.deepEqual(messages({ 'node_modules/a': { optionalDependencies: { 'a-linux': '1.0.0' } } }), [
    'lacks a-linux, an optional dependency of node_modules/a: npm ci fails',
  ]);
});

it('names a package that is bound to the address of one registry', () => {
  assert.equal(messages({ 'node_modules/a': { resolved: 'https://packages.example/a.tgz' } }).length, 1);
});
