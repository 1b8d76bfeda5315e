/** What the provisioning receiver is told of a decision: the body, made of the ledger entry alone, and its signature. */
import { createHmac } from 'node:crypto';
import { toTimestamp } from '../../core/timestamp.ts';
import type { ScalingDecision } from '../../fleet/fleet-scaling.ts';

export interface WebhookCall {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * The call for one decision. Body and idempotency key are the same at every attempt and on every orchestrator; the
 * signature, `t=<seconds since 1970>,v1=<hex>`, is of the attempt, so that a receiver can refuse what is old.
 *
 * @param secret signs with HMAC-SHA256 over the time, a dot and the body; null leaves the signature out
 */
export function webhookCall(decision: ScalingDecision, secret: string | null, wallMs: number): WebhookCall {
  const body = JSON.stringify(webhookBody(decision));
  const seconds = Math.floor(wallMs / 1000);
  return {
    headers: {
      'content-type': 'application/json',
      'idempotency-key': decision.key,
      ...(secret === null
        ? {}
        : { 'secbeat-signature': `t=${seconds},v1=${signatureOf(secret, seconds, body)}` }),
    },
    body,
  };
}

function signatureOf(secret: string, seconds: number, body: string): string {
  return createHmac('sha256', secret).update(`${seconds}.${body}`, 'utf8').digest('hex');
}

/** All percentages are of 0 to 100, forecasts too. */
function webhookBody({ action, reason, node, at_ms: atMs, facts }: ScalingDecision): object {
  const fleetMetrics = {
    active_nodes: facts.active_nodes ?? 0,
    avg_cpu_usage: facts.avg_cpu_usage ?? 0,
    avg_memory_usage: facts.avg_memory_usage ?? 0,
    total_connections: facts.total_connections ?? 0,
  };
  const common = { reason, timestamp: toTimestamp(atMs) };
  if (action === 'heal') {
    const failed = { failed_node_id: node, failed_node_ip: facts.failed_node_ip ?? '' };
    return { ...common, ...failed, fleet_metrics: fleetMetrics };
  }
  const predicted = facts.predicted_cpu_usage;
  if (predicted === undefined) return { ...common, fleet_metrics: fleetMetrics };
  const prediction = {
    predicted_cpu_usage: predicted,
    prediction_horizon_minutes: facts.prediction_horizon_minutes ?? 0,
    confidence: facts.confidence ?? 0,
  };
  return { ...common, fleet_metrics: fleetMetrics, prediction_info: prediction };
}
