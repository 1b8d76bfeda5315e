import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decisionWith } from '../waf/testing/decisions.ts';
import { explainDecision } from './explain.ts';

const BLOCKED = decisionWith({
  target: '/admin/posts?text=1',
  rules: [
    {
      id: 'xss-script-tag',
      label: 'XSS_SCRIPT_TAG',
      message: 'A script element.',
      score: 5,
      part: 'query:te xt',
      decodings: ['url'],
      before: 'hello ',
      match: '<script>',
      after: '\u001b[2Jalert(1)\nRule',
      source: null,
    },
  ],
});

describe('secbeat explain', () => {
  const text = explainDecision(BLOCKED);

  it('tells which rule matched which part, with the match marked', () => {
    assert.match(text, /^Request abc-1 was blocked because of its head \(status 403\)\.$/m);
    assert.match(text, /^Rule xss-script-tag \(XSS_SCRIPT_TAG\), score 5: A script element\.$/m);
    assert.match(text, /in {7}query:te xt \(decoded: url\)/);
    assert.match(text, /hello >>><script><<</);
  });

  it('gives the line that would allow the request', () => {
    assert.match(text, /^ {2}"xss-script-tag query:te%20xt \/admin\/posts",$/m);
  });

  it('prints nothing that moves the cursor or forges a line', () => {
    assert.match(text, /\\u\{1b\}\[2Jalert\(1\)\\u\{a\}Rule$/m);
    assert.ok(!text.includes(String.fromCharCode(0x1b)));
  });

  it('says when a request was only observed', () => {
    const observed = explainDecision({ ...BLOCKED, outcome: 'observed', phase: 0, mode: 'monitor' });
    assert.match(observed, /was not blocked; rules matched/);
  });
});
