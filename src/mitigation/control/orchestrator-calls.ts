/** The two calls of the control link, with every way in which they can turn out. */
import type { Result } from '../../core/result.ts';
import type { HeartbeatRequest } from '../../messages/heartbeat-request.ts';
import type { RegistrationRequest } from '../../messages/registration-request.ts';
import {
  type ControlNews,
  decodeControl,
  decodeRegistration,
  type RegistrationNews,
} from './link-messages.ts';
import type { Answer, OrchestratorTransport } from './orchestrator-transport.ts';

export interface CallFailure {
  readonly kind: 'failed';
  /** For the log. */
  readonly error: string;
  /** The shortest pause that the orchestrator asked for. */
  readonly pauseMinMs: number;
}

export type RegistrationOutcome =
  | { readonly kind: 'registered'; readonly news: RegistrationNews }
  | CallFailure;

export type BeatOutcome =
  | { readonly kind: 'answered'; readonly news: ControlNews }
  /** The orchestrator has no such node. */
  | { readonly kind: 'unknown' }
  | CallFailure;

export interface CallBounds {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** Characters of a foreign text that reach the log. */
const DETAIL_LENGTH_MAX = 256;

/** `POST /nodes/register`; never rejects. */
export async function callRegister(
  transport: OrchestratorTransport,
  body: RegistrationRequest,
  bounds: CallBounds,
): Promise<RegistrationOutcome> {
  const answer = await transport.call({ method: 'POST', path: '/api/v1/nodes/register', body, ...bounds });
  const failure = findFailure(answer);
  if (failure !== null || !answer.ok) return failure ?? failed('no answer');
  const news = decodeRegistration(answer.value.json);
  return news.ok ? { kind: 'registered', news: news.value } : failed(news.fault);
}

/** `POST /nodes/heartbeat`; never rejects. */
export async function callHeartbeat(
  transport: OrchestratorTransport,
  body: HeartbeatRequest,
  bounds: CallBounds,
): Promise<BeatOutcome> {
  const answer = await transport.call({ method: 'POST', path: '/api/v1/nodes/heartbeat', body, ...bounds });
  if (answer.ok && answer.value.status === 404) return { kind: 'unknown' };
  const failure = findFailure(answer);
  if (failure !== null || !answer.ok) return failure ?? failed('no answer');
  return { kind: 'answered', news: decodeControl(answer.value.json) };
}

/** Null when the orchestrator agreed. */
function findFailure(answer: Result<Answer, string>): CallFailure | null {
  if (!answer.ok) return failed(answer.fault);
  const { status, json, retryAfterMs } = answer.value;
  if (status >= 200 && status < 300) return null;
  return failed(`status ${status}${problemDetail(json)}`, retryAfterMs);
}

function failed(error: string, pauseMinMs = 0): CallFailure {
  return { kind: 'failed', error, pauseMinMs };
}

/** What the orchestrator says about a refusal, behind a colon; nothing where it says nothing. */
export function problemDetail(json: unknown): string {
  const detail = typeof json === 'object' && json !== null && 'detail' in json ? json.detail : null;
  return typeof detail === 'string' ? `: ${detail.slice(0, DETAIL_LENGTH_MAX)}` : '';
}
