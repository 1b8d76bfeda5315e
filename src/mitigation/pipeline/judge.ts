/**
 * The phases that decide about a request, in their order; the first refusal stands.
 *
 *   client   behind a trusted proxy: is the client it speaks for listed or banned?
 *   rate     the client's token bucket
 *   waf      rules on the head; then, when the body's beginning is there, rules on the body
 *
 * No phase performs I/O or waits. Each is a function of the exchange and the tables.
 */
import { PASS, type RefuseVerdict, type RuleMatch, type Verdict } from '../../core/verdict.ts';
import type { Exchange } from '../http1/exchange.ts';
import type { RequestIntake } from '../http1/request-intake.ts';
import type { TrafficContext } from '../traffic-context.ts';
import { isBanned } from './bans.ts';
import { viewRequest } from './request-view.ts';
import { noteViolation } from './violations.ts';

/** Judges the head; the body has not been read. */
export function judgeHead(exchange: Exchange, context: TrafficContext): Verdict {
  const { connection } = exchange;
  if (connection.trusted && exchange.client !== connection.client) {
    const verdict = judgeForwardedClient(exchange, context);
    if (verdict !== null) return verdict;
  }
  return judgeRate(exchange, context) ?? judgeHeadRules(exchange) ?? PASS;
}

/** Judges the collected beginning of the body. */
export function judgeBody(exchange: Exchange, intake: RequestIntake): Verdict {
  const waf = exchange.snapshot.waf;
  if (waf === null || waf.bodyBytesInspected === 0 || intake.collected === 0) return PASS;
  const collected = intake.peek();
  const prefix = collected.subarray(0, waf.bodyBytesInspected);
  const whole = intake.complete && prefix.length === collected.length;
  return judgeMatches(exchange, waf.inspector.inspectBody(viewRequest(exchange.head), prefix, whole)) ?? PASS;
}

function judgeForwardedClient(exchange: Exchange, context: TrafficContext): RefuseVerdict | null {
  const { client, snapshot } = exchange;
  if (client.exempt) return null;
  const denied = snapshot.lists.decide(client.words) === 'deny';
  if (!denied && !isBanned(client, context, exchange.startMs)) return null;
  return { kind: 'refuse', reason: 'forbidden_client', matches: [], retryAfterSeconds: 0 };
}

function judgeRate(exchange: Exchange, context: TrafficContext): RefuseVerdict | null {
  const { client, snapshot } = exchange;
  const { admission } = snapshot;
  if (!admission.limitsEnabled || client.exempt) return null;
  if (context.clients.admitRequest(client.key, exchange.startMs, admission.client)) return null;
  const retryAfter = context.clients.retryAfterSeconds(client.key, exchange.startMs, admission.client);
  noteViolation(client, 'rate_limit', context);
  return { kind: 'refuse', reason: 'rate_limit', matches: [], retryAfterSeconds: retryAfter };
}

function judgeHeadRules(exchange: Exchange): RefuseVerdict | null {
  const waf = exchange.snapshot.waf;
  if (waf === null) return null;
  return judgeMatches(exchange, waf.inspector.inspectHead(viewRequest(exchange.head)));
}

/** In monitor mode the matches are kept on the exchange for the log, and the request goes on. */
function judgeMatches(exchange: Exchange, matches: readonly RuleMatch[]): RefuseVerdict | null {
  if (matches.length === 0) return null;
  exchange.matches = matches;
  if (exchange.snapshot.waf?.mode === 'monitor') return null;
  return { kind: 'refuse', reason: 'waf', matches, retryAfterSeconds: 0 };
}
