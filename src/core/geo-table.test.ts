import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { countryText, GEO_UNKNOWN, packCountry } from './geo-table.ts';

describe('countries as numbers', () => {
  it('are the same in either case and read back in upper case', () => {
    assert.equal(packCountry('de'), packCountry('DE'));
    assert.notEqual(packCountry('DE'), packCountry('ED'));
    assert.equal(countryText(packCountry('nz')), 'NZ');
  });

  it('are nothing for texts that are not two letters', () => {
    for (const text of ['', 'D', 'DEU', 'D1', 'ÄÖ']) assert.equal(packCountry(text), GEO_UNKNOWN);
    assert.equal(countryText(GEO_UNKNOWN), '');
  });
});
