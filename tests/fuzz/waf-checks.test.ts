/** The checks see what they are for: firewalls with one fault each. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { RuleMatch } from '../../src/core/verdict.ts';
import { PASS_RULING, type RequestView, type RuleRun } from '../../src/waf/inspection.ts';
import { checkAgreement, checkCuts, checkIsolation, checkLinear, checkSound } from './waf-checks.ts';
import { type AcceptedRequest, type Firewall, receive } from './waf-exchange.ts';
import { get, OWN_REQUESTS, post } from './waf-requests.ts';

function accepted(text: string): AcceptedRequest {
  const request = receive(text);
  assert.ok(request !== null, text);
  return request;
}

function matchOf(ruleId: string, more: Partial<RuleMatch> = {}): RuleMatch {
  return {
    ...{ ruleId, label: 'X', message: '', score: 5, part: 'path', value: 'abc', start: 0, end: 3 },
    ...{ decodings: [], source: null, details: null },
    ...more,
  };
}

/** Matches what `find` says about the head of a request. */
function firewall(
  find: (request: RequestView, matches: RuleMatch[]) => void,
  shared?: RuleMatch[],
): Firewall {
  return {
    begin(request): RuleRun {
      const matches = shared ?? [];
      return {
        matches,
        responseBytesWanted: 0,
        auditMode: null,
        inspectRequestHead() {
          find(request, matches);
          return PASS_RULING;
        },
        inspectRequestBody: () => PASS_RULING,
        inspectResponseHead: () => PASS_RULING,
        inspectResponseBody: () => PASS_RULING,
        finish: () => undefined,
      };
    },
  };
}

const QUIET = firewall(() => undefined);
const NOISY = firewall(({ target }, matches) => matches.push(matchOf(target)));

describe('the checks of the fuzzer', () => {
  it('see faults inside, and matches that point beyond their value', () => {
    for (const match of [
      matchOf('waf-fault'),
      matchOf('waf-budget'),
      matchOf('x', { end: 4 }),
      matchOf('x', { start: -1 }),
      matchOf('x', { part: 'p'.repeat(65) }),
      matchOf('x', { value: 'v'.repeat(513) }),
      matchOf('x', { score: Number.NaN }),
    ]) {
      assert.throws(() => checkSound({ rulings: [], matches: [match] }));
    }
    checkSound({ rulings: [], matches: [matchOf('x')] });
  });

  it('see two firewalls that differ', () => {
    const request = accepted(get('/'));
    assert.throws(() => checkAgreement(QUIET, NOISY, request));
    checkAgreement(NOISY, NOISY, request);
  });

  it('see what one request leaves behind for another', () => {
    const [one, other] = [accepted(get('/a')), accepted(get('/b'))];
    checkIsolation(NOISY, one, other);
    const leaking = firewall(({ target }, matches) => matches.push(matchOf(target)), []);
    assert.throws(() => checkIsolation(leaking, one, other));
  });

  it('see costs that grow faster than the text', () => {
    const [short, long] = [100, 400].map((bytes) => accepted(get(`/${'x'.repeat(bytes)}`)));
    const spend = (units: number) => {
      for (let sum = 0; sum < units; ) sum += Math.sqrt(sum) >= 0 ? 1 : 2;
    };
    const quadratic = firewall(({ target }) => spend(600 * target.length ** 2));
    assert.throws(() => checkLinear(quadratic, short!, long!));
    checkLinear(
      firewall(({ target }) => spend(100 * target.length)),
      short!,
      long!,
    );
  });

  it('find nothing in bodies that come in pieces', () => {
    for (const text of OWN_REQUESTS) checkCuts(accepted(text), [1, 7, 7, 40, 41, 5000]);
    checkCuts(accepted(post('/', 'text/plain', '')), [3]);
  });
});
