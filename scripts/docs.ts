/**
 * Writes the files that are generated from the sources. With `--check` it writes nothing and ends with 1 when one
 * of them is stale.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { renderDefaultToml } from '../src/config/render/default-toml.ts';
import { renderJsonSchema } from '../src/config/render/json-schema.ts';
import { renderMarkdown } from '../src/config/render/markdown.ts';
import { formatMetricsDocument } from '../src/mitigation/telemetry/metrics-document.ts';
import { formatRulesDocument } from '../src/waf/builtin/rules-document.ts';

/** By path below the root of the project. */
const GENERATED: Readonly<Record<string, () => string>> = {
  'config/default.toml': renderDefaultToml,
  'docs/configuration.md': renderMarkdown,
  'docs/configuration.schema.json': renderJsonSchema,
  'docs/metrics.md': formatMetricsDocument,
  'docs/rules.md': formatRulesDocument,
};

const ROOT = join(import.meta.dirname, '..');

function isFresh(path: string, text: string): boolean {
  try {
    return readFileSync(join(ROOT, path), 'utf8') === text;
  } catch {
    return false;
  }
}

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });

for (const [path, render] of Object.entries(GENERATED)) {
  const text = render();
  if (isFresh(path, text)) {
    continue;
  }
  if (values.check) {
    console.error(`${path} is stale: run the docs script`);
    process.exitCode = 1;
  } else {
    mkdirSync(dirname(join(ROOT, path)), { recursive: true });
    writeFileSync(join(ROOT, path), text);
    console.log(`wrote ${path}`);
  }
}
