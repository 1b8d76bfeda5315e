import assert from 'node:assert/strict';
import { it } from 'node:test';
import { checkReferences } from './references.ts';

function unused(files: Readonly<Record<string, string>>): string[] {
  return checkReferences(Object.entries(files).map(([path, text]) => ({ path, text }))).map(
    ({ path }) => path,
  );
}

it('follows imports from the command line, also into worker threads', () => {
  assert.deepEqual(
    unused({
      'src/cli/main.ts': "import './node.ts';",
      'src/cli/node.ts': "new URL('../mitigation/worker.ts', import.meta.url)",
      'src/mitigation/worker.ts': "import type { A } from '../core/a.ts';",
      'src/core/a.ts': '',
    }),
    [],
  );
});

it('names a source file that only a test imports', () => {
  assert.deepEqual(
    unused({
      'src/cli/main.ts': '',
      'src/core/a.ts': '',
      'src/core/a.test.ts': "import './a.ts';",
    }),
    ['src/core/a.ts'],
  );
});

it('accepts helpers of tests, and names one that no test uses', () => {
  assert.deepEqual(
    unused({
      'tests/support/used.ts': '',
      'tests/support/unused.ts': '',
      'src/core/a.test.ts': "import '../../tests/support/used.ts';",
    }),
    ['tests/support/unused.ts'],
  );
});

it('accepts scripts and the types beside a plain JavaScript module', () => {
  assert.deepEqual(
    unused({
      'scripts/run.mjs': '',
      'scripts/run.d.mts': '',
      'scripts/lost/a.ts': '',
    }),
    ['scripts/lost/a.ts'],
  );
});

it('keeps helpers of tests out of the programs', () => {
  assert.deepEqual(
    unused({
      'src/cli/main.ts': "import '../core/testing/a.ts';",
      'src/core/testing/a.ts': '',
    }),
    ['src/core/testing/a.ts'],
  );
});
