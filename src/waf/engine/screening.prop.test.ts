import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fail } from '../../core/result.ts';
import { compileProgram } from './compile-program.ts';
import type { Program } from './program.ts';
import { inspect, parseRules, type RequestLine } from './testing/inspect.ts';

const word = fc.constantFrom('a', 'b', 'evil', 'EVIL', '1', '2', '');
const variable = fc.constantFrom('a', 'b', 'n_a', 'n_b', 'x');

const target = fc.constantFrom(
  'ARGS',
  'ARGS:a',
  'ARGS|!ARGS:a',
  'ARGS_NAMES',
  'ARGS_GET',
  'ARGS_POST',
  'ARGS_COMBINED_SIZE',
  'REQUEST_HEADERS',
  'REQUEST_HEADERS:/^x/',
  'REQUEST_HEADERS_NAMES',
  'REQUEST_COOKIES|!REQUEST_COOKIES:/^a/',
  'REQUEST_BODY',
  'REQBODY_PROCESSOR',
  'REQUEST_METHOD',
  'RESPONSE_STATUS',
  'RESPONSE_BODY',
  'TX:a',
  'TX:b',
  'TX:/^n_/',
  'TX:1',
  'MATCHED_VAR',
  'MATCHED_VARS',
  '&ARGS',
  '&ARGS:a',
  '&TX:a',
  '&REQUEST_HEADERS:x-a',
  'HIGHEST_SEVERITY',
  'TX:a|ARGS',
);

const operator = fc.constantFrom(
  '@rx evil',
  '@rx (.)',
  '!@rx evil',
  '@pm evil b',
  '!@pm evil b',
  '@streq a',
  '@eq 1',
  '@gt 1',
  '!@eq 0',
  '@within a %{tx.a} b',
  '@streq %{args.b}',
  '!@within %{tx.1}',
);

const effect = fc.oneof(
  fc
    .tuple(variable, fc.constantFrom('=1', '=+1', '=%{tx.1}', '=%{MATCHED_VAR}', '=+%{tx.b}'))
    .map(([name, value]) => `setvar:'tx.${name}${value}'`),
  fc.constantFrom(
    'capture',
    'multiMatch',
    't:lowercase',
    't:urlDecode,t:lowercase',
    "setvar:'tx.n_%{MATCHED_VAR}=+1'",
    "setvar:'tx.n_%{tx.0}=%{tx.0}'",
    "setvar:'!tx.a'",
    'ctl:ruleRemoveByTag=removable',
    'ctl:ruleRemoveTargetById=1-99;ARGS:a',
    'ctl:forceRequestBodyVariable=On',
    'ctl:requestBodyProcessor=URLENCODED',
    'ctl:requestBodyAccess=Off',
    'ctl:ruleEngine=DetectionOnly',
    'ctl:ruleEngine=Off',
    'severity:3',
  ),
);

const flow = fc.constantFrom(
  'pass',
  'pass',
  'pass,nolog',
  'pass,nolog',
  'pass,nolog,skipAfter:END',
  'deny',
  'allow:phase,nolog',
  'allow,nolog',
  "pass,tag:'removable'",
);

const link = fc.record({ target, operator, effects: fc.array(effect, { maxLength: 3 }) });
const rule = fc.record({
  phase: fc.integer({ min: 1, max: 5 }),
  flow,
  links: fc.array(link, { minLength: 0, maxLength: 3 }),
  effects: fc.array(effect, { maxLength: 2 }),
});

type GeneratedRule = typeof rule extends fc.Arbitrary<infer Value> ? Value : never;

/** Without links it is a SecAction. */
function writeRule({ phase, flow: way, links, effects }: GeneratedRule, index: number): string {
  const head = `id:${index + 1},phase:${phase},${way},msg:'%{tx.a}/%{tx.b}/%{tx.x}/%{tx.0}'`;
  if (links.length === 0) return `SecAction "${[head, ...effects].join(',')}"`;
  return links
    .map((one, place) => {
      const chain = place + 1 < links.length ? ['chain'] : [];
      const actions = [...(place === 0 ? [head] : []), ...one.effects, ...chain].join(',');
      return `SecRule ${one.target} "${one.operator}" ${actions === '' ? '' : `"${actions}"`}`;
    })
    .join('\n');
}

/** Half of the skips end at a marker in the middle. */
function writeRules(written: readonly GeneratedRule[]): string {
  const half = written.length >> 1;
  const lines = written.map((one, index) => {
    const text = writeRule(one, index);
    return index < half ? text.replace('skipAfter:END', 'skipAfter:MIDDLE') : text;
  });
  const tell = `SecAction "id:98,phase:5,pass,msg:'%{tx.a}/%{tx.b}'"`;
  return [...lines.slice(0, half), 'SecMarker MIDDLE', ...lines.slice(half), 'SecMarker END', tell].join(
    '\n',
  );
}

const rules = fc.array(rule, { minLength: 1, maxLength: 12 }).map(writeRules);

const pair = fc.tuple(word, word).map(([name, value]) => `${name}=${value}`);
const request: fc.Arbitrary<RequestLine> = fc.record({
  target: fc.array(pair, { maxLength: 4 }).map((pairs) => `/?${pairs.join('&')}`),
  headers: fc
    .array(fc.tuple(fc.constantFrom('X-A', 'x-b', 'Host'), word), { maxLength: 3 })
    .chain((fields) =>
      fc
        .tuple(pair, fc.constantFrom('application/x-www-form-urlencoded', 'text/plain', 'application/json'))
        .map(([cookie, type]) => [...fields, ['Cookie', cookie], ['Content-Type', type]] as const),
    ),
  body: pair,
  answer: fc.record({ body: word, status: fc.constantFrom(200, 500) }),
});

function compile(text: string, prefilter: boolean, pinned: boolean): Program {
  const program = compileProgram(parseRules(text), {
    readFile: () => fail('no files'),
    prefilter,
    overlay: pinned ? { variables: new Map([['a', '2']]) } : {},
    policy: {
      onError(error) {
        throw error;
      },
    },
  });
  assert.ok(program.ok);
  return program.value;
}

test('what the screen leaves out would not have done anything', () => {
  fc.assert(
    fc.property(
      rules,
      fc.array(request, { minLength: 1, maxLength: 5 }),
      fc.boolean(),
      (text, requests, pinned) => {
        const screened = compile(text, true, pinned);
        const plain = compile(text, false, pinned);
        // Twice, so that verdicts come from the caches, too.
        for (const line of [...requests, ...requests]) {
          const { responseBytesWanted: wanted, ...found } = inspect(screened, line);
          const { responseBytesWanted: asked, ...expected } = inspect(plain, line);
          assert.deepEqual(found, expected);
          // An answer's body that only dead rules would look at is not asked for.
          assert.ok(wanted <= asked);
        }
      },
    ),
    { numRuns: 300 },
  );
});
