import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkImports, findImports, resolveSpecifier } from './imports.ts';

const RULES = {
  core: { folders: [], packages: [] },
  http: { folders: ['core'], packages: ['saxes'] },
};

function messages(path: string, text: string): string[] {
  return checkImports({ path, text }, RULES).map((finding) => `${finding.line}: ${finding.message}`);
}

describe('findImports', () => {
  it('finds static, side-effect, re-exported, dynamic and worker imports with their lines', () => {
    const text = [
      "import type { A } from './a.ts';",
      'import {',
      '  b,',
      "} from './b.ts';",
      "import 'c';",
      "export { d } from './d.ts';",
      "const e = await import('./e.ts');",
      "new Worker(new URL('./f.ts', import.meta.url));",
    ].join('\n');
    assert.deepEqual(
      findImports(text).map(({ specifier, line }) => [specifier, line]),
      [
        ['./a.ts', 1],
        ['./b.ts', 2],
        ['c', 5],
        ['./d.ts', 6],
        ['./e.ts', 7],
        ['./f.ts', 8],
      ],
    );
  });
});

describe('resolveSpecifier', () => {
  it('resolves against the folder of the importing file', () => {
    assert.equal(resolveSpecifier('src/http/codec/a.ts', '../../core/ip.ts'), 'src/core/ip.ts');
  });
});

describe('checkImports', () => {
  it('lets a folder import itself, the folders below it, node: modules and its packages', () => {
    const text = "import './x.ts';\nimport '../core/ip.ts';\nimport 'node:net';\nimport 'saxes/lib.js';";
    assert.deepEqual(messages('src/http/a.ts', text), []);
  });

  it('refuses an import that points the other way', () => {
    const text = "// head\nimport { a } from '../http/a.ts';";
    assert.deepEqual(messages('src/core/a.ts', text), ['2: src/core may not import src/http']);
  });

  it('refuses a package without permission and a folder outside src', () => {
    assert.deepEqual(messages('src/core/a.ts', "import 'zod';\nimport '../../tests/a.ts';"), [
      '1: src/core may not import the package zod',
      '2: src may not import tests/a.ts',
    ]);
  });

  it('asks for a row in the table when a folder is new', () => {
    assert.equal(messages('src/newcomer/a.ts', '').length, 1);
  });

  it('leaves tests free', () => {
    assert.deepEqual(messages('src/core/a.test.ts', "import '../http/a.ts';"), []);
  });
});
