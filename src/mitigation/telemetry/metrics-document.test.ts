import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { LEGACY_METRICS } from './legacy-metrics.ts';
import { METRIC_NAMES, METRICS } from './metric-definitions.ts';
import { formatMetricsDocument } from './metrics-document.ts';

describe('metrics reference', () => {
  it('is the committed page', async () => {
    const committed = await readFile(new URL('../../../docs/metrics.md', import.meta.url), 'utf8');
    assert.equal(committed, formatMetricsDocument());
  });

  it('names every metric and explains every label', () => {
    const page = formatMetricsDocument();
    for (const name of METRIC_NAMES) {
      assert.ok(page.includes(`| \`${name}\` | ${METRICS[name].type} |`), name);
      for (const label of METRICS[name].labels) {
        assert.ok(page.includes(`| \`${name}\` | \`${label}\` |`), `${name} ${label}`);
      }
    }
    for (const name of Object.keys(LEGACY_METRICS)) assert.ok(page.includes(`| \`${name}\` |`), name);
  });
});
