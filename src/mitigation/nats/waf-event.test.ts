import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { wafEvent } from '../../messages/bus-messages.ts';
import { decisionWith } from '../../waf/testing/decisions.ts';
import { toWafEvent } from './waf-event.ts';

describe('an event of the firewall', () => {
  it('names the arguments of the request, and nothing of what they carry', () => {
    const uriOf = (target: string) => toWafEvent(decisionWith({ target }), null).uri;
    assert.equal(uriOf('/a?user=me&word=secret=1&flag&=x'), '/a?user=&word=&&=');
    assert.equal(uriOf('/a'), '/a');
    assert.equal(uriOf('/a?'), '/a?');
  });

  it('tells whether the request was refused, and how sure that is', () => {
    const scores = { inbound: 4, outbound: 0 };
    const thresholds = { inbound: 5, outbound: 4 };
    const seen = toWafEvent(decisionWith({ outcome: 'observed', scores, thresholds }), 'n');
    assert.deepEqual([seen.waf_result.action, seen.waf_result.confidence, seen.node_id], ['LOG', 0.8, 'n']);
    const refused = { scores: { inbound: 50, outbound: 0 }, thresholds };
    const blocked = toWafEvent(decisionWith({ outcome: 'blocked', ...refused }), 'n');
    assert.deepEqual([blocked.waf_result.action, blocked.waf_result.confidence], ['BLOCK', 1]);
    assert.ok(wafEvent.safeParse(blocked).success);
  });
});
