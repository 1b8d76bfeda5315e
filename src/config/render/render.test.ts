import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { parse } from 'smol-toml';
import { CONFIG_KEYS, CONFIG_SECTIONS, type ConfigKey, type ConfigValue, isTableList } from '../keys.ts';
import { configSchema, defaultConfig } from '../schema.ts';
import { renderDefaultToml } from './default-toml.ts';
import { renderJsonSchema } from './json-schema.ts';
import { renderMarkdown } from './markdown.ts';
import { renderToml, renderValue } from './toml.ts';

function readProjectFile(path: string): string {
  return readFileSync(join(import.meta.dirname, '../../..', path), 'utf8');
}

/** The keys with those of the tables in them. */
function withEntries(keys: readonly ConfigKey[]): readonly ConfigKey[] {
  return keys.flatMap((key) => [key, ...withEntries(key.entries)]);
}

describe('generated files', () => {
  it('are fresh', () => {
    assert.equal(readProjectFile('config/default.toml'), renderDefaultToml());
    assert.equal(readProjectFile('docs/configuration.md'), renderMarkdown());
    assert.equal(readProjectFile('docs/configuration.schema.json'), renderJsonSchema());
  });

  it('name every key', () => {
    const toml = renderDefaultToml();
    for (const key of CONFIG_KEYS) {
      const line = key.kind === 'tables' ? `^# \\[\\[${key.path}\\]\\]$` : `^(# )?${key.name} = `;
      assert.match(toml, new RegExp(line, 'm'));
    }
    const rows = renderMarkdown()
      .split('\n')
      .filter((line) => line.startsWith('| `'));
    // A list of tables at the top has a heading instead of a row.
    const headings = CONFIG_SECTIONS.filter(isTableList).length;
    assert.equal(rows.length + headings, withEntries(CONFIG_KEYS).length);
  });
});

describe('renderDefaultToml', () => {
  it('holds the defaults', () => {
    assert.deepEqual(configSchema.parse(parse(renderDefaultToml())), defaultConfig());
  });

  it('keeps its comments readable', () => {
    for (const line of renderDefaultToml()
      .split('\n')
      .filter((text) => text.startsWith('#'))) {
      assert.ok(line.length <= 120, line);
    }
  });
});

describe('renderToml', () => {
  it('leaves out what is absent', () => {
    assert.doesNotMatch(renderToml(defaultConfig()), /file_path|^#/m);
  });
});

describe('renderValue', () => {
  const cases: readonly (readonly [ConfigValue, string])[] = [
    [true, 'true'],
    [7, '7'],
    ['a "b" \\ \n\u007f', '"a \\"b\\" \\\\ \\n\\u007f"'],
    [`\${A}`, `"$\${A}"`],
    [['::1', 'x'], '["::1", "x"]'],
    [[], '[]'],
    [[200, 503], '[200, 503]'],
    [[{ a: 1, b: { c: ['x'], d: [] } }], '[{ a = 1, b = { c = ["x"], d = [] } }]'],
  ];
  for (const [value, text] of cases) {
    it(`writes ${text}`, () => assert.equal(renderValue(value, 'text'), text));
  }

  it('shows the fraction of a number that may have one', () => {
    assert.equal(renderValue(2, 'number'), '2.0');
    assert.equal(renderValue(2.5, 'number'), '2.5');
  });
});
