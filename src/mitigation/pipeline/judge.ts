/**
 * The phases that decide about a request, in their order; the first refusal stands.
 *
 *   client   behind a trusted proxy: is the client it speaks for listed or banned?
 *   rate     the client's token bucket
 *   limits   the configured ones, of the node and of the site
 *   site     is there one for this host and path, and may it be asked over this connection?
 *   waf      rules on the head; when the body's beginning is there, rules on the body; then on the answer
 *
 * No phase performs I/O or waits. Each is a function of the request and the tables.
 */
import {
  type DropVerdict,
  decidingRule,
  PASS,
  type RefuseVerdict,
  refuseFor,
  type Verdict,
} from '../../core/verdict.ts';
import type { FieldBlock } from '../../http/field-block.ts';
import { BODY_NONE } from '../../http/framing.ts';
import type { RequestHead } from '../../http/request-head.ts';
import type { ResponseHead } from '../../http/response-head.ts';
import { readRequestBody } from '../../waf/bodies/request-body.ts';
import { readResponseText } from '../../waf/bodies/response-body.ts';
import type { RequestBody, Ruling } from '../../waf/inspection.ts';
import type { Inspection } from '../../waf/inspector.ts';
import { judgeLimits } from '../limits/judge-limits.ts';
import { hostNameOf } from '../sites/host-name.ts';
import type { WafPolicy } from '../snapshot.ts';
import type { TrafficContext } from '../traffic-context.ts';
import { isBanned } from './bans.ts';
import type { CollectedBody, JudgedRequest } from './judged-request.ts';
import { refusalOfLists } from './list-refusal.ts';
import { HeadView } from './request-view.ts';
import { AnswerView } from './response-view.ts';
import { noteViolation } from './violations.ts';

/** Judges the head; the body has not been read. */
export function judgeHead(request: JudgedRequest, context: TrafficContext): Verdict {
  return (
    judgeClient(request, context) ??
    judgeRate(request, context) ??
    judgeConfiguredLimits(request, context) ??
    judgeSite(request, context) ??
    inspectHead(request, context)
  );
}

/** Judges the collected beginning of the body. */
export function judgeBody(request: JudgedRequest, body: CollectedBody, context: TrafficContext): Verdict {
  const { inspection, head } = request;
  const { waf } = request.site;
  if (inspection === null || waf === null) return PASS;
  const startMs = context.clock.readMs();
  const collected = body.peek();
  const prefix = collected.subarray(0, waf.bodyBytesInspected);
  const whole = body.complete && prefix.length === collected.length;
  if (!whole && waf.refusesLargerBodies && waf.bodyBytesInspected > 0) return refuseFor('body_too_large');
  const read = prefix.length === 0 ? null : readBody(head, prefix, whole, waf);
  if (waf.audit !== null) inspection.body = read;
  return conclude(inspection, inspection.inspectRequestBody(read), startMs, context);
}

function readBody(
  { fields }: RequestHead,
  bytes: Buffer,
  whole: boolean,
  { bodyLimits, bodyBytesInspected }: WafPolicy,
): RequestBody {
  const type = joined(fields, 'content-type');
  const encoding = joined(fields, 'content-encoding');
  return readRequestBody(bytes, whole, type, encoding, bodyLimits, bodyBytesInspected);
}

/** The values of all fields of a name: which of several an origin believes nobody knows. */
function joined(fields: FieldBlock, lowerName: string): string | null {
  let values: string | null = null;
  for (let index = 0; index < fields.count; index += 1) {
    if (fields.name(index).toLowerCase() !== lowerName) continue;
    values = values === null ? fields.value(index) : `${values}, ${fields.value(index)}`;
  }
  return values;
}

/** Judges the head of the origin's answer. */
export function judgeResponseHead(
  inspection: Inspection,
  head: ResponseHead,
  context: TrafficContext,
): Verdict {
  const startMs = context.clock.readMs();
  return conclude(inspection, inspection.inspectResponseHead(new AnswerView(head)), startMs, context);
}

/**
 * Judges the beginning of the answer's body.
 *
 * @param body null where none of it is to be seen
 */
export function judgeResponseBody(
  inspection: Inspection,
  head: ResponseHead,
  body: Buffer | null,
  context: TrafficContext,
): Verdict {
  const startMs = context.clock.readMs();
  const encoding = head.fields.get('content-encoding');
  const text = body === null ? null : readResponseText(body, encoding, inspection.responseBytesWanted);
  return conclude(inspection, inspection.inspectResponseBody(text), startMs, context);
}

function judgeClient(request: JudgedRequest, context: TrafficContext): RefuseVerdict | null {
  const { client, snapshot } = request;
  if (!request.forwarded || client.exempt) return null;
  const denied = refusalOfLists(client.words, snapshot.lists) !== null;
  if (!denied && !isBanned(client, context, request.startMs)) return null;
  return refuseFor('forbidden_client');
}

function judgeRate(request: JudgedRequest, context: TrafficContext): RefuseVerdict | null {
  const { client, snapshot, startMs } = request;
  const { admission } = snapshot;
  if (!admission.limitsEnabled || client.exempt) return null;
  if (context.clients.admitRequest(client.key, startMs, admission.client)) return null;
  const retryAfterSeconds = context.clients.retryAfterSeconds(client.key, startMs, admission.client);
  noteViolation(client, 'rate_limit', context);
  return refuseFor('rate_limit', retryAfterSeconds);
}

function judgeConfiguredLimits(
  request: JudgedRequest,
  context: TrafficContext,
): RefuseVerdict | DropVerdict | null {
  const { client, snapshot, site } = request;
  if (!snapshot.admission.limitsEnabled || client.exempt) return null;
  const verdict = judgeLimits(request, snapshot.limits, site.limits, context.limiter, context.geo);
  if (verdict !== null && request.limited?.countsAsViolation === true)
    noteViolation(client, 'limit', context);
  return verdict;
}

/** Behind the rate: guessing hosts and paths costs as much as asking for those that exist. */
function judgeSite(request: JudgedRequest, { clientDemands }: TrafficContext): RefuseVerdict | null {
  const { site, siteFault, snapshot, connection, head } = request;
  // Whoever is only sent to HTTPS is judged there.
  if (connection.role === 'redirect') return null;
  if (siteFault !== null) return refuseFor(siteFault);
  const { serverName } = connection;
  const strict = site.strictSni && !snapshot.sites.serves(site, serverName);
  if (strict) return refuseFor('misdirected');
  return clientDemands.any && !clientDemands.allow(hostNameOf(head.host), serverName)
    ? refuseFor('misdirected')
    : null;
}

function inspectHead(request: JudgedRequest, context: TrafficContext): Verdict {
  const { head, site } = request;
  const { waf } = site;
  if (waf === null) return PASS;
  const startMs = context.clock.readMs();
  const view = new HeadView(head, request.requestId, request.client.address, request.connection);
  const inspection = waf.inspector.begin(view);
  request.inspection = inspection;
  const bodyFollows = head.framing !== BODY_NONE && waf.bodyBytesInspected > 0;
  return conclude(inspection, inspection.inspectRequestHead(bodyFollows), startMs, context);
}

function conclude(inspection: Inspection, ruling: Ruling, startMs: number, context: TrafficContext): Verdict {
  const refused = ruling.kind !== 'pass';
  const ruleId = refused ? (decidingRule(inspection.matches)?.ruleId ?? OTHER_RULE) : null;
  context.observer.inspected(context.clock.readMs() - startMs, ruleId);
  if (ruling.kind === 'pass') return PASS;
  if (ruling.kind === 'drop') return { kind: 'drop', reason: 'waf' };
  const { status, location } = ruling;
  return { kind: 'refuse', reason: 'waf', status, location, retryAfterSeconds: 0, delayMs: 0 };
}

/** What metrics call a rule that they do not know. */
const OTHER_RULE = 'other';
