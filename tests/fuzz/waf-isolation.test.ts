/** Requests overlap in a worker: one waits for its body while others come and go. None may be told by another. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkIsolation } from './waf-checks.ts';
import { type AcceptedRequest, inspectNested, receive } from './waf-exchange.ts';
import { OWN_REQUESTS, post } from './waf-requests.ts';
import { createInspector, createProgram } from './waf-rule-sets.ts';

const FORM = 'application/x-www-form-urlencoded';

function accepted(text: string): AcceptedRequest {
  const request = receive(text);
  assert.ok(request !== null, text);
  return request;
}

describe('requests that overlap', () => {
  const inspector = createInspector();

  it('keep their findings to themselves: an attack in the inner one leaves the outer one alone', () => {
    const honest = accepted(post('/a', FORM, 'comment=good+morning'));
    const attack = accepted(post('/b', FORM, 'comment=<script>alert(document.cookie)</script>'));
    const [outer, inner] = inspectNested(inspector, honest, attack);
    assert.deepEqual(outer.matches, []);
    assert.ok(outer.rulings.every((ruling) => ruling.includes('pass')));
    assert.ok(inner.rulings.some((ruling) => ruling.includes('403')));
    const [attacked, left] = inspectNested(inspector, attack, honest);
    assert.deepEqual(left.matches, []);
    assert.ok(attacked.rulings.some((ruling) => ruling.includes('403')));
  });

  it('keep their scores to themselves: two halves of an attack in two requests are no attack', () => {
    const weak = accepted(post('/a', FORM, 'a=%252e%252e%252f'));
    const other = accepted(post('/b', FORM, 'b=%2527--'));
    checkIsolation(inspector, weak, other);
  });

  it('get what they get alone, whatever order their phases come in', () => {
    const requests = OWN_REQUESTS.map(accepted);
    for (const [index, request] of requests.entries()) {
      checkIsolation(inspector, request, requests[(index * 7 + 3) % requests.length]!);
      checkIsolation(inspector, request, requests[(index + 1) % requests.length]!);
    }
  });

  it('get what they get alone from a program in SecLang', () => {
    const program = createProgram('usual');
    const requests = OWN_REQUESTS.map(accepted);
    for (const [index, request] of requests.entries()) {
      checkIsolation(program, request, requests[(index * 5 + 1) % requests.length]!);
    }
  });
});
