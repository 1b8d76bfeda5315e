/** A few attacks in every form that no reason excuses: the whole suite is tried by `npm run bypass`. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findShared, skipWithout } from '../support/shared-data.ts';
import { plainRequest } from './attack.ts';
import { evaluate, findBaseline } from './evaluation.ts';
import { createJudge } from './judge.ts';
import { MUTATIONS } from './mutations.ts';
import { OWN_ATTACKS } from './own-attacks.ts';
import { REASONS, type Reason, reasonFor } from './reasons.ts';
import { bypassesOf, bypassLines } from './report.ts';
import { toOctets } from './request.ts';

describe('re-encoded attacks', () => {
  it('are blocked by the built-in rules as they are in their plain form', () => {
    const judge = createJudge(null);
    for (const attack of OWN_ATTACKS) {
      assert.equal(judge(toOctets(plainRequest(attack))).fate, 'blocked', attack.payload);
    }
    const rows = evaluate('builtin', OWN_ATTACKS, MUTATIONS, judge);
    assert.deepEqual(bypassLines(rows, 3), []);
  });
});

describe('re-encoded attacks and the Core Rule Set', { skip: skipWithout('data/crs') }, () => {
  const folder = findShared('data/crs');

  it('are blocked by it', () => {
    const judge = createJudge(folder);
    const { attacks } = findBaseline(
      'crs',
      OWN_ATTACKS.map((attack) => [attack]),
      judge,
    );
    assert.ok(attacks.length >= 6);
    const rows = evaluate(
      'crs',
      attacks,
      MUTATIONS.filter(({ name }) => !name.startsWith('padding-')),
      judge,
    );
    assert.deepEqual(bypassLines(rows, 3), []);
  });
});

describe('reasons', () => {
  const names = MUTATIONS.map(({ name }) => name);

  it('are about mutations that there are', () => {
    for (const { mutations } of REASONS) {
      for (const pattern of mutations) {
        const prefix = pattern.replace(/\*$/, '');
        assert.ok(
          names.some((name) => (prefix === pattern ? name === pattern : name.startsWith(prefix))),
          pattern,
        );
      }
    }
  });

  it('hold for the rules, the mutation and the family that they name', () => {
    const reason: Reason = {
      rules: 'crs',
      mutations: ['url-*'],
      families: ['942'],
      kind: 'rules',
      reason: 'said so',
    };
    assert.equal(reasonFor('crs', 'url-double', '942', [reason]), reason);
    assert.equal(reasonFor('crs', 'url-double', '941', [reason]), null);
    assert.equal(reasonFor('crs', 'json-plain', '942', [reason]), null);
    assert.equal(reasonFor('builtin', 'url-double', '942', [reason]), null);
  });

  it('turn a loss into an explained one, and leave the others', () => {
    const open = () => ({ fate: 'passed', matches: [] }) as const;
    const rows = evaluate('builtin', OWN_ATTACKS, MUTATIONS, open);
    const explained = rows.find(({ mutation }) => mutation === 'base64');
    const bypassed = rows.find(({ mutation }) => mutation === 'json-plain');
    assert.equal(bypassesOf(explained!).length, 0);
    assert.equal(bypassesOf(bypassed!).length, OWN_ATTACKS.length);
  });
});
