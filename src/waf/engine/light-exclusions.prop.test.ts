import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { runs } from '../../../tests/support/fuzz.ts';
import type { Exclusion } from './overlay.ts';
import { compileRules, inspect } from './testing/inspect.ts';

/** Set-up, gates, scores, chains, counts and a `ctl`, as rule sets have them. */
const RULES = `
  SecAction "id:1,phase:1,pass,nolog,setvar:tx.level=2,setvar:tx.limit=5"
  SecRule TX:level "@lt 2" "id:2,phase:2,pass,nolog,skipAfter:END"
  SecRule ARGS "@rx one" "id:10,phase:2,pass,tag:'a',setvar:tx.score=+3"
  SecRule ARGS|REQUEST_COOKIES "@rx two" "id:11,phase:2,pass,tag:'a',setvar:tx.score=+3"
  SecRule ARGS "@rx (three)" "id:12,phase:2,pass,tag:'b',capture,chain,setvar:tx.score=+1"
    SecRule TX:1|ARGS "@rx t.ree|one" "setvar:tx.score=+4"
  SecRule &ARGS "@gt 2" "id:13,phase:2,pass,tag:'b',setvar:tx.score=+2"
  SecRule REQUEST_METHOD "@streq POST" "id:14,phase:1,pass,nolog,tag:'c',ctl:ruleRemoveTargetById=10;ARGS:x"
  SecRule ARGS:x "@rx four" "id:15,phase:2,pass,tag:'c',skipAfter:END"
  SecRule ARGS_NAMES "!@rx ^[a-z]$" "id:16,phase:2,pass,tag:'c',setvar:tx.score=+5"
  SecRule ARGS "@rx five" "id:17,phase:2,pass,tag:'a',setvar:tx.limit=2"
  SecMarker END
  SecRule TX:score "@ge %{tx.limit}" "id:90,phase:2,deny,tag:'b'"`;

const SHARED = compileRules(RULES);
const MEASURE = compileRules(RULES, { prefilter: false });

const selection: fc.Arbitrary<Exclusion['rules']> = fc.oneof(
  fc
    .constantFrom(1, 2, 10, 11, 12, 13, 14, 15, 16, 17, 90)
    .map((id) => ({ kind: 'ids', first: id, last: id }) as const),
  fc.constant({ kind: 'ids', first: 10, last: 13 } as const),
  fc.constantFrom('a', 'b', 'c').map((tag) => ({ kind: 'tag', tag }) as const),
);
const exclusions = fc.array(
  fc.record({
    rules: selection,
    targets: fc.constantFrom(
      null,
      'ARGS',
      'ARGS:x',
      'ARGS:y',
      'REQUEST_COOKIES',
      'ARGS_NAMES',
      'REQUEST_METHOD',
      'TX:1',
    ),
  }),
  { maxLength: 3 },
);
const word = fc.constantFrom('one', 'two', 'three', 'four', 'five', 'six', 'one+three');
const parameters = fc.array(fc.tuple(fc.constantFrom('x', 'y', 'z', 'W'), word), { maxLength: 4 });

test('what is left out at run time comes to the same as what is left out at load', () => {
  fc.assert(
    fc.property(exclusions, parameters, fc.option(word), fc.boolean(), (excluded, pairs, cookie, posts) => {
      const request = {
        method: posts ? 'POST' : 'GET',
        target: `/?${pairs.map(([name, value]) => `${name}=${value}`).join('&')}`,
        headers: cookie === null ? [] : [['Cookie', `y=${cookie}`] as const],
      };
      const shared = SHARED.overlay({ exclusions: excluded });
      const measure = MEASURE.overlay({ exclusions: excluded });
      assert.ok(shared.ok && measure.ok);
      const [one, other] = [inspect(shared.value, request), inspect(measure.value, request)];
      assert.deepEqual([one.ruling, one.ids], [other.ruling, other.ids]);
    }),
    { numRuns: runs(600) },
  );
});
