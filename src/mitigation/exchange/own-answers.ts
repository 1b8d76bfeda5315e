/** Answers that the node gives in its own name to one request. */
import { REASONS } from '../../core/reasons.ts';
import type { RefuseVerdict } from '../../core/verdict.ts';
import type { HttpFault } from '../../http/faults.ts';
import type { RequestHead } from '../../http/request-head.ts';
import { redirectReply } from '../listen/redirect.ts';
import { createReply, type Reply, replyFormat } from '../reply/reply.ts';
import type { Snapshot } from '../snapshot.ts';
import type { TrafficContext } from '../traffic-context.ts';

export interface AnsweredRequest {
  readonly head: RequestHead;
  readonly requestId: string;
  readonly snapshot: Snapshot;
  /** What is wrong with it where it is malformed; then nothing that its head says is acted on. */
  readonly fault: HttpFault | null;
}

/** The page that says no. */
export function refusalReply(request: AnsweredRequest, verdict: RefuseVerdict, wallMs: number): Reply {
  const { head, requestId, fault } = request;
  return createReply({
    status: verdict.status ?? REASONS[verdict.reason].status,
    location: verdict.location,
    requestId,
    format: replyFormat(fault === null ? head.fields.get('accept') : null),
    retryAfterSeconds: verdict.retryAfterSeconds,
    headOnly: head.method === 'HEAD',
    wallMs,
  });
}

/** What the plain HTTP listener says. */
export function plainReply(request: AnsweredRequest, { clock, challenges }: TrafficContext): Reply {
  return redirectReply(request.head, {
    port: request.snapshot.redirectPort,
    answerToken: (token) => challenges.answer(token),
    requestId: request.requestId,
    wallMs: clock.wallMs(),
  });
}
