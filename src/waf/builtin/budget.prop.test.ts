/** Time for judging is bounded, and a long text hides nothing. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { runs } from '../../../tests/support/fuzz.ts';
import type { Clock } from '../../core/clock.ts';
import { bodyOf, builtinOf, judgeBody, judgeHead, requestOf } from './testing/judging.ts';

/** A clock on which every look at it takes a while. */
function createBusyClock(stepMs: number): Clock {
  let now = 0;
  const nowMs = (): number => {
    now += stepMs;
    return now;
  };
  return { nowMs, wallMs: nowMs };
}

const HOSTILE = 'select a from '.repeat(20_000);
const FORM = 'application/x-www-form-urlencoded';

describe('a request that uses up its time', () => {
  it('is refused as overload, and says so', () => {
    const rules = builtinOf({ clock: createBusyClock(2), budgetMs: 4 });
    const run = rules.begin(requestOf('/'));
    assert.deepEqual(run.inspectRequestBody(bodyOf(HOSTILE, 'text/plain')), {
      kind: 'refuse',
      status: 503,
      location: null,
    });
    assert.deepEqual(
      run.matches.map(({ ruleId }) => ruleId),
      ['waf-budget'],
    );
  });

  it('passes where the operator prefers that', () => {
    const rules = builtinOf({ clock: createBusyClock(2), budgetMs: 4, onOverrun: 'pass' });
    const run = rules.begin(requestOf('/'));
    assert.equal(run.inspectRequestBody(bodyOf(HOSTILE, 'text/plain')).kind, 'pass');
    assert.equal(run.matches.length, 1);
  });

  it('is blocked for what was found until then', () => {
    const rules = builtinOf({ clock: createBusyClock(2), budgetMs: 4 });
    const run = rules.begin(requestOf('/'));
    const ruling = run.inspectRequestBody(bodyOf(`a=%3Cscript%3Ealert(1)&b=${HOSTILE}`, FORM));
    assert.deepEqual(ruling, { kind: 'refuse', status: 403, location: null });
  });

  it('takes no time from the next one', () => {
    const rules = builtinOf({ clock: createBusyClock(1), budgetMs: 4 });
    assert.equal(judgeBody(rules, HOSTILE, 'text/plain').matches[0]?.ruleId, 'waf-budget');
    assert.equal(judgeHead(rules, '/?a=%3Cscript%3Ealert(1)').score, 5);
    assert.deepEqual(judgeHead(rules, '/?a=(b)').matches, []);
  });
});

describe('a long text', () => {
  const rules = builtinOf();
  const attacks = [
    '<script>alert(1)</script>',
    '" onfocus="alert(1)" x="',
    "x' union all select null,null-- ",
    ';cat /etc/passwd;',
    '$(cat /etc/passwd)',
    '$' + '{jndi:ldap://h/a}',
    '<?php system($_GET[1]); ?>',
    '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///c">]>',
  ];

  it('hides no attack, wherever it stands', () => {
    const paddings = ['a', 'a b ', 'lorem ipsum, dolor. ', '0123456789abcdef\n'];
    fc.assert(
      fc.property(
        fc.constantFrom(...attacks),
        fc.constantFrom(...paddings),
        fc.nat(128 * 1024),
        fc.nat(1000),
        (attack, unit, before, behind) => {
          const pad = (length: number): string =>
            unit.repeat(Math.ceil(length / unit.length)).slice(0, length);
          const text = `${pad(before)} ${attack} ${pad(behind)}`;
          const plain = judgeBody(rules, `text=${encodeURIComponent(`a ${attack} a`)}`, FORM);
          const padded = judgeBody(rules, `text=${encodeURIComponent(text)}`, FORM);
          assert.ok(plain.score >= 5, attack);
          assert.ok(padded.score >= 5, `${attack} at ${before}`);
        },
      ),
      { numRuns: runs(150) },
    );
  });
});
