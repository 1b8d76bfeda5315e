import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkBannedText, checkHead, checkLength } from './text.ts';

const lines = (count: number, first = 'code'): string => `${first}\n${'code\n'.repeat(count - 1)}`;

describe('checkHead', () => {
  it('asks long files, and only those, to open with a comment', () => {
    assert.equal(checkHead({ path: 'src/a.ts', text: lines(60) }).length, 1);
    assert.equal(checkHead({ path: 'src/a.ts', text: lines(60, '/** Purpose. */') }).length, 0);
    assert.equal(checkHead({ path: 'src/a.ts', text: lines(20) }).length, 0);
    assert.equal(checkHead({ path: 'src/a.test.ts', text: lines(60) }).length, 0);
  });

  it('looks behind the line that names the interpreter', () => {
    assert.equal(
      checkHead({ path: 'bin/secbeat', text: lines(60, '#!/usr/bin/env node\n// Purpose.') }).length,
      0,
    );
  });
});

describe('checkLength', () => {
  it('warns of long files of src and refuses very long ones', () => {
    const severities = [300, 301, 450, 451].map((count) =>
      checkLength({ path: 'src/a.ts', text: lines(count) }).map((finding) => finding.severity),
    );
    assert.deepEqual(severities, [[], ['warning'], ['warning'], ['error']]);
    assert.deepEqual(checkLength({ path: 'src/a.test.ts', text: lines(900) }), []);
  });
});

describe('checkBannedText', () => {
  const found = (path: string, text: string): number[] =>
    checkBannedText({ path, text }).map((finding) => finding.line);

  it('finds reminders and single tests with their lines', () => {
    assert.deepEqual(found('src/a.ts', `a\n// ${'TO'}${'DO'} later\n`), [2]);
    assert.deepEqual(found('src/a.test.ts', `it${'.only'}('x')`), [1]);
    assert.deepEqual(found('src/a.ts', `it${'.only'}('x')`), []);
  });

  it('finds registries and folders of one machine', () => {
    assert.deepEqual(found('docs/a.md', `see https://registry.${'npmjs'}.org/x`), [1]);
    assert.deepEqual(found('docs/a.md', `cd /${'home'}/someone`), [1]);
    assert.deepEqual(found('src/waf/a.ts', `cd /${'home'}/someone`), []);
    assert.deepEqual(found('docs/a.md', `src/${'home'}/someone`), []);
  });
});
