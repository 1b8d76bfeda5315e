import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileRules, inspect, type RequestLine } from './testing/inspect.ts';

/** The ids that match, by the screened path and by the one that evaluates everything: they have to agree. */
function bothIds(rules: string, line: RequestLine): string {
  const [screened, plain] = [true, false].map((prefilter) =>
    JSON.stringify(inspect(compileRules(rules, { prefilter }), line)),
  );
  assert.equal(screened, plain);
  return inspect(compileRules(rules), line).ids.join(' ');
}

const NOTED = `
  SecRule REQUEST_HEADERS_NAMES "@rx ^.*$" "id:1,phase:1,pass,capture,t:lowercase,setvar:'tx.seen_%{tx.0}=/%{tx.0}/',chain"
    SecRule TX:/^seen_/ "@within /x-bad/ /x-worse/"`;

test('a chain that notes values for its next link fires for the right ones', () => {
  assert.equal(
    bothIds(NOTED, {
      headers: [
        ['Host', 'a'],
        ['X-Bad', 'b'],
      ],
    }),
    '1',
  );
  assert.equal(
    bothIds(NOTED, {
      headers: [
        ['Host', 'a'],
        ['X-Good', 'b'],
      ],
    }),
    '',
  );
});

test('what such a chain notes is there for rules that look at it', () => {
  const reader = 'SecRule TX:/host/ "@rx ." "id:2,phase:1,pass"';
  assert.equal(bothIds(`${NOTED}\n${reader}`, { headers: [['Host', 'a']] }), '2');
});

test('what another rule writes where such a chain looks makes it fire', () => {
  const writer = 'SecRule ARGS:q "@rx ." "id:5,phase:1,pass,nolog,setvar:tx.seen_x=/x-bad/"';
  assert.equal(bothIds(`${writer}\n${NOTED}`, { target: '/?q=1', headers: [['Host', 'a']] }), '1');
});

test('captures of a rule that came to nothing are still there for one that reads them', () => {
  const rules = `
    SecRule ARGS:q "@rx (.)" "id:1,phase:2,pass,capture,chain"
      SecRule REQUEST_METHOD "@streq POST"
    SecRule TX:1 "@streq x" "id:2,phase:2,pass"`;
  assert.equal(bothIds(rules, { target: '/?q=x' }), '2');
});

test('the parts of a chain may be found in different values and phases', () => {
  const rules = `
    SecRule ARGS "@rx evil" "id:1,phase:2,pass,chain"
      SecRule REQUEST_HEADERS:User-Agent "@rx bot" "chain"
      SecRule &REQUEST_HEADERS:Host "@eq 1"`;
  const headers = [
    ['User-Agent', 'bot'],
    ['Host', 'h'],
  ] as const;
  assert.equal(bothIds(rules, { target: '/?q=evil', headers }), '1');
  assert.equal(bothIds(rules, { target: '/?q=evil', headers: headers.slice(0, 1) }), '');
  assert.equal(bothIds(rules, { target: '/?q=good', headers }), '');
});

test('scores are summed alike whether anything was found or not', () => {
  const rules = `
    SecAction "id:1,phase:1,pass,nolog,setvar:tx.score=0,setvar:tx.total=0"
    SecRule ARGS "@rx evil" "id:2,phase:2,pass,nolog,setvar:tx.score=+5"
    SecAction "id:3,phase:2,pass,nolog,setvar:tx.total=+%{tx.score}"
    SecRule TX:total "@ge 5" "id:4,phase:2,pass,msg:'%{tx.total}'"
    SecAction "id:5,phase:5,pass,msg:'%{tx.total}'"`;
  assert.equal(bothIds(rules, { target: '/?q=evil' }), '4 5');
  assert.equal(bothIds(rules, { target: '/?q=good' }), '5');
});

test('a rule that looks at a value before its time sees an empty one', () => {
  assert.equal(bothIds('SecRule RESPONSE_STATUS "!@rx 200" "id:1,phase:1,pass"', {}), '1');
  assert.equal(bothIds('SecRule REQUEST_BODY "!@rx evil" "id:1,phase:1,pass"', {}), '1');
});

test('a skip over rules that wait for values is harmless, one over others is not', () => {
  const rules = `
    SecRule ARGS:q "!@rx evil" "id:1,phase:2,pass,nolog,skipAfter:END"
    SecRule ARGS:r "@rx evil" "id:2,phase:2,pass"
    SecAction "id:3,phase:2,pass,nolog,setvar:tx.a=+1"
    SecMarker END
    SecRule TX:a "@eq 1" "id:4,phase:2,pass"`;
  assert.equal(bothIds(rules, { target: '/?q=good&r=evil' }), '');
  assert.equal(bothIds(rules, { target: '/?q=evil&r=evil' }), '2 4');
});
