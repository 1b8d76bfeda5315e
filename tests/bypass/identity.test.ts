/** A glance at what `npm run bypass -- identity` looks at in full. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { receive } from '../fuzz/waf-exchange.ts';
import { OWN_REQUESTS } from '../fuzz/waf-requests.ts';
import { createProgram } from '../fuzz/waf-rule-sets.ts';
import { compare, fromFuzz, fromTraffic } from './identity.ts';

const SAMPLE = 30;

describe('the screen in front of the rules', () => {
  const screened = createProgram('usual');
  const unscreened = createProgram('without-screen');

  it('changes no ruling, no match and no message', () => {
    const own = OWN_REQUESTS.flatMap((text) => receive(text) ?? []);
    const report = compare([...own, ...fromFuzz(11, SAMPLE, [])], screened, unscreened);
    assert.deepEqual(report.differences, []);
    assert.ok(report.compared > OWN_REQUESTS.length && report.matches > 0);
  });

  it('would be noticed if it did', () => {
    const blind = {
      begin: (request: Parameters<typeof screened.begin>[0]) =>
        screened.begin({ ...request, target: '/', header: () => null, headerCount: 0 }),
    };
    const own = OWN_REQUESTS.flatMap((text) => receive(text) ?? []);
    const report = compare(own, blind, unscreened);
    assert.ok(report.differences.length > 0);
  });
});

describe('rows of traffic', () => {
  it('are taken every so many', () => {
    const row = {
      label: 'legitimate',
      group: 'site',
      method: 'POST',
      target: '/',
      headers: [['host', 'a']],
      body: 'b=c',
    } as const;
    const taken = [...fromTraffic([row, row, row, row, row], 2)];
    assert.equal(taken.length, 3);
    assert.equal(taken[0]?.body.toString(), 'b=c');
    assert.equal(taken[0]?.view.header('host'), 'a');
  });
});
