/**
 * One certificate for one host name, from the order to the chain (RFC 8555 section 7.4):
 *
 *   order -> authorization -> challenge shown and answered -> order ready -> request for the certificate -> chain
 *
 * The caller's signal carries the deadline of the whole. Waiting follows the authority's Retry-After, or grows by
 * itself, and the number of looks is bounded, so that an authority that never decides costs a few minutes and nothing
 * more.
 */
import { fail, ok, type Result } from '../../core/result.ts';
import type { AcmeAnswer } from './acme-call.ts';
import {
  type Authorization,
  type Challenge,
  decodeAuthorization,
  decodeOrder,
  httpsUrl,
  type Order,
  type Problem,
  parseFields,
} from './acme-documents.ts';
import { type AcmeFault, authorityFault, nameFault } from './acme-fault.ts';
import type { AcmeSession } from './acme-session.ts';

export type ChallengeType = 'http-01' | 'tls-alpn-01';

export interface CertificateOrder {
  /** The host name, in lower case. */
  readonly name: string;
  readonly challenge: ChallengeType;
  /** The request for the certificate (PKCS #10), in DER. */
  readonly requestDer: Uint8Array;
  /** Makes the node show the answer; resolves once it does. */
  readonly show: (token: string, keyAuthorization: string) => Promise<void>;
  /** Pauses; ends early where the signal says so. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly signal: AbortSignal;
}

const LOOKS_MAX = 60;
const FIRST_PAUSE_MS = 500;
const PAUSE_MAX_MS = 15_000;

/** Resolves with what the authority gave out as the chain, unchecked. */
export async function orderCertificate(
  session: AcmeSession,
  order: CertificateOrder,
): Promise<Result<Buffer, AcmeFault>> {
  const { name, requestDer, signal } = order;
  const made = await session.post(
    session.directory.newOrder,
    { identifiers: [{ type: 'dns', value: name }] },
    signal,
  );
  if (!made.ok) return made;
  const url = httpsUrl(made.value.location);
  const first = read(made.value, decodeOrder);
  if (!first.ok) return first;
  const [authorization, ...others] = first.value.authorizations;
  if (url === null || authorization === undefined || others.length > 0)
    return fail(authorityFault('the order has no URL, or is not about one name'));
  const authorized = await authorize(session, authorization, order);
  if (!authorized.ok) return authorized;
  const ready = await untilSettled(session, url, decodeOrder, isReady, order);
  if (!ready.ok) return ready;
  if (ready.value.status === 'invalid') return fail(refusal('the order', ready.value.problem));
  const csr = Buffer.from(requestDer).toString('base64url');
  const finalized = await session.post(ready.value.finalize, { csr }, signal);
  if (!finalized.ok) return finalized;
  const issued = await untilSettled(session, url, decodeOrder, isIssued, order);
  if (!issued.ok) return issued;
  if (issued.value.certificate === null) return fail(refusal('the certificate', issued.value.problem));
  const chain = await session.post(issued.value.certificate, null, signal);
  return chain.ok ? ok(chain.value.body) : chain;
}

/** Proves control of the name, unless the authority still knows of an earlier proof. */
async function authorize(
  session: AcmeSession,
  url: string,
  order: CertificateOrder,
): Promise<Result<void, AcmeFault>> {
  const { name, challenge: type, show, signal } = order;
  const answer = await session.post(url, null, signal);
  if (!answer.ok) return answer;
  const before = read(answer.value, decodeAuthorization);
  if (!before.ok) return before;
  if (before.value.name !== name) return fail(authorityFault('the authorization is for another name'));
  if (before.value.status === 'valid') return ok(undefined);
  const challenge = challengeOf(before.value, type);
  if (challenge === null) return fail(nameFault(`the authority offers no ${type} challenge for ${name}`));
  await show(challenge.token, session.key.keyAuthorization(challenge.token));
  const accepted = await session.post(challenge.url, {}, signal);
  if (!accepted.ok) return accepted;
  const after = await untilSettled(session, url, decodeAuthorization, isDecided, order);
  if (!after.ok) return after;
  if (after.value.status === 'valid') return ok(undefined);
  return fail(refusal(`the ${type} challenge`, challengeOf(after.value, type)?.problem ?? null));
}

/** Looks at a resource until it has come to an end of one kind or another. */
async function untilSettled<Document>(
  session: AcmeSession,
  url: string,
  decode: (fields: Readonly<Record<string, unknown>>) => Result<Document, string>,
  isSettled: (document: Document) => boolean,
  { wait, signal }: CertificateOrder,
): Promise<Result<Document, AcmeFault>> {
  let pauseMs = FIRST_PAUSE_MS;
  for (let look = 0; look < LOOKS_MAX; look += 1) {
    const answer = await session.post(url, null, signal);
    if (!answer.ok) return answer;
    const document = read(answer.value, decode);
    if (!document.ok || isSettled(document.value)) return document;
    await wait(Math.max(pauseMs, Math.min(answer.value.retryAfterMs, PAUSE_MAX_MS)), signal);
    if (signal.aborted) break;
    pauseMs = Math.min(pauseMs * 2, PAUSE_MAX_MS);
  }
  return fail(nameFault('the authority did not decide in time'));
}

function read<Document>(
  { body }: AcmeAnswer,
  decode: (fields: Readonly<Record<string, unknown>>) => Result<Document, string>,
): Result<Document, AcmeFault> {
  const fields = parseFields(body);
  if (fields === null) return fail(authorityFault('an answer of the authority is no JSON object'));
  const document = decode(fields);
  return document.ok ? document : fail(authorityFault(document.fault));
}

function challengeOf({ challenges }: Authorization, type: ChallengeType): Challenge | null {
  return challenges.find((challenge) => challenge.type === type) ?? null;
}

function isDecided({ status }: Authorization): boolean {
  return status !== 'pending';
}

function isReady({ status }: Order): boolean {
  return status === 'ready' || status === 'valid' || status === 'invalid';
}

function isIssued({ status, certificate }: Order): boolean {
  return status === 'invalid' || (status === 'valid' && certificate !== null);
}

function refusal(what: string, problem: Problem | null): AcmeFault {
  const why = problem === null ? 'no reason given' : `${problem.kind}: ${problem.detail}`;
  return nameFault(`${what} was refused: ${why}`);
}
