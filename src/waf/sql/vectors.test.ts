/** How the detector does on lists of others; the rates are printed, and no less than what it reached is held. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { detectSql, gradeSql } from './detect-sql.ts';
import {
  readHonest,
  readHonestValues,
  readInjections,
  readPayloads,
  trafficMissing,
  vectorsMissing,
} from './testing/sql-vectors.ts';

const INJECTIONS_LEAST = 0.985;

describe('detectSql on lists of injections', { skip: vectorsMissing }, () => {
  it('finds nearly all of them', (context) => {
    let found = 0;
    let all = 0;
    for (const [name, lines] of readInjections()) {
      const hits = lines.filter((line) => detectSql(line) !== null).length;
      context.diagnostic(`${name}: ${hits} of ${lines.length}`);
      found += hits;
      all += lines.length;
    }
    context.diagnostic(`all: ${found} of ${all}`);
    assert.ok(found / all >= INJECTIONS_LEAST, `${found} of ${all}`);
  });

  it('finds none in honest texts', () => {
    assert.deepEqual(
      readHonest().filter((line) => detectSql(line) !== null),
      [],
    );
  });
});

describe('gradeSql on traffic', { skip: trafficMissing }, () => {
  it('is sure of the injections', (context) => {
    const payloads = readPayloads('sqli');
    const sure = payloads.filter((payload) => gradeSql(payload)?.score === 5).length;
    context.diagnostic(`${sure} of ${payloads.length}`);
    assert.ok(sure / payloads.length >= 0.99);
  });

  it('finds nothing in honest values', (context) => {
    const values = readHonestValues();
    context.diagnostic(`${values.size} values`);
    let wrong = 0;
    for (const value of values) if (gradeSql(value) !== null) wrong += 1;
    assert.equal(wrong, 0);
  });
});
