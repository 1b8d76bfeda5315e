/** A decision of the firewall as the event that others hear of. Pure. */
import type { WafEvent } from '../../messages/bus-messages.ts';
import type { Decision } from '../../waf/decision.ts';

export function toWafEvent(decision: Decision, nodeId: string | null): WafEvent {
  const { scores, thresholds, rules } = decision;
  return {
    node_id: nodeId,
    timestamp: decision.time,
    source_ip: decision.client_ip,
    http_method: decision.method,
    uri: withoutValues(decision.target),
    host_header: decision.host,
    user_agent: null,
    waf_result: {
      action: decision.outcome === 'blocked' ? 'BLOCK' : 'LOG',
      matched_rules: [...new Set(rules.map(({ id }) => id))],
      confidence: Math.max(
        shareOf(scores.inbound, thresholds.inbound),
        shareOf(scores.outbound, thresholds.outbound),
      ),
    },
    request_size: null,
    response_status: decision.status,
    processing_time_ms: null,
    decision_id: decision.id,
  };
}

/** How much of what it takes to be refused came together, at most 1. */
function shareOf(score: number, threshold: number): number {
  return threshold > 0 ? Math.min(1, Math.max(0, score / threshold)) : 1;
}

/** Arguments may carry what people typed: their names tell enough. */
function withoutValues(target: string): string {
  const question = target.indexOf('?');
  if (question === -1) return target;
  const names = target
    .slice(question + 1)
    .split('&')
    .map((argument) => (argument.includes('=') ? `${argument.slice(0, argument.indexOf('='))}=` : ''));
  return `${target.slice(0, question)}?${names.join('&')}`;
}
