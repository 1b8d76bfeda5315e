/**
 * The phases that decide about a request, in their order; the first refusal stands.
 *
 *   client   behind a trusted proxy: is the client it speaks for listed or banned?
 *   rate     the client's token bucket
 *   waf      rules on the head; then, when the body's beginning is there, rules on the body
 *
 * No phase performs I/O or waits. Each is a function of the request and the tables.
 */
import { PASS, type RefuseVerdict, type RuleMatch, type Verdict } from '../../core/verdict.ts';
import type { WafPolicy } from '../snapshot.ts';
import type { TrafficContext } from '../traffic-context.ts';
import { isBanned } from './bans.ts';
import type { CollectedBody, JudgedRequest } from './judged-request.ts';
import { viewRequest } from './request-view.ts';
import { noteViolation } from './violations.ts';

/** Judges the head; the body has not been read. */
export function judgeHead(request: JudgedRequest, context: TrafficContext): Verdict {
  return (
    judgeClient(request, context) ?? judgeRate(request, context) ?? judgeHeadRules(request, context) ?? PASS
  );
}

/** Judges the collected beginning of the body. */
export function judgeBody(request: JudgedRequest, body: CollectedBody, context: TrafficContext): Verdict {
  const { waf } = request.snapshot;
  if (waf === null || waf.bodyBytesInspected === 0 || body.collected === 0) return PASS;
  const startMs = context.clock.readMs();
  const collected = body.peek();
  const prefix = collected.subarray(0, waf.bodyBytesInspected);
  const whole = body.complete && prefix.length === collected.length;
  const matches = waf.inspector.inspectBody(viewRequest(request.head), prefix, whole);
  return judgeMatches(request, waf, matches, startMs, context) ?? PASS;
}

function judgeClient(request: JudgedRequest, context: TrafficContext): RefuseVerdict | null {
  const { client, snapshot } = request;
  if (!request.forwarded || client.exempt) return null;
  const denied = snapshot.lists.decide(client.words) === 'deny';
  if (!denied && !isBanned(client, context, request.startMs)) return null;
  return { kind: 'refuse', reason: 'forbidden_client', matches: [], retryAfterSeconds: 0 };
}

function judgeRate(request: JudgedRequest, context: TrafficContext): RefuseVerdict | null {
  const { client, snapshot, startMs } = request;
  const { admission } = snapshot;
  if (!admission.limitsEnabled || client.exempt) return null;
  if (context.clients.admitRequest(client.key, startMs, admission.client)) return null;
  const retryAfterSeconds = context.clients.retryAfterSeconds(client.key, startMs, admission.client);
  noteViolation(client, 'rate_limit', context);
  return { kind: 'refuse', reason: 'rate_limit', matches: [], retryAfterSeconds };
}

function judgeHeadRules(request: JudgedRequest, context: TrafficContext): RefuseVerdict | null {
  const { waf } = request.snapshot;
  if (waf === null) return null;
  const startMs = context.clock.readMs();
  const matches = waf.inspector.inspectHead(viewRequest(request.head));
  return judgeMatches(request, waf, matches, startMs, context);
}

/** In monitor mode the matches stay on the request for the log, and it goes on. */
function judgeMatches(
  request: JudgedRequest,
  waf: WafPolicy,
  matches: readonly RuleMatch[],
  startMs: number,
  context: TrafficContext,
): RefuseVerdict | null {
  const refused = matches.length > 0 && waf.mode === 'block';
  context.observer.inspected(context.clock.readMs() - startMs, refused ? matches[0]!.ruleId : null);
  if (matches.length > 0) request.matches = matches;
  return refused ? { kind: 'refuse', reason: 'waf', matches, retryAfterSeconds: 0 } : null;
}
