/**
 * The JSON documents of RFC 8555 section 7.1, read without trust: every field has its type, length and alphabet
 * checked, URLs are https, and lists are short. A document that breaks this is a fault in one line.
 */
import { fail, ok, type Result } from '../../core/result.ts';

export interface Directory {
  readonly newNonce: string;
  readonly newAccount: string;
  readonly newOrder: string;
  /** Accounts are opened with an external account only. */
  readonly externalAccountRequired: boolean;
}

export interface Order {
  readonly status: 'pending' | 'ready' | 'processing' | 'valid' | 'invalid';
  readonly authorizations: readonly string[];
  readonly finalize: string;
  /** Where the certificate is; null until it is issued. */
  readonly certificate: string | null;
  readonly problem: Problem | null;
}

export interface Authorization {
  /** Everything that is neither pending nor valid cannot become valid any more. */
  readonly status: 'pending' | 'valid' | 'lost';
  /** The host name it is for, in lower case. */
  readonly name: string;
  readonly challenges: readonly Challenge[];
}

export interface Challenge {
  readonly type: string;
  readonly url: string;
  /** Letters, digits, - and _ only, so that it is safe as a part of a path. */
  readonly token: string;
  readonly problem: Problem | null;
}

/** When the authority wants a certificate renewed (RFC 9773 section 4.2); milliseconds since 1970. */
export interface RenewalWindow {
  readonly startMs: number;
  /** Not before the start. */
  readonly endMs: number;
}

/** An error document (RFC 8555 section 6.7). */
export interface Problem {
  /** What stands behind `urn:ietf:params:acme:error:`, or `unknown`. */
  readonly kind: string;
  readonly detail: string;
}

const URL_CHARACTERS_MAX = 2048;
const LIST_ENTRIES_MAX = 32;
const TOKEN_TEXT = /^[A-Za-z0-9_-]{16,256}$/;
const ERROR_URN = 'urn:ietf:params:acme:error:';
const ORDER_STATES = ['pending', 'ready', 'processing', 'valid', 'invalid'] as const;

type Fields = Readonly<Record<string, unknown>>;

/** Reads the JSON of a body; null where it is no JSON object. */
export function parseFields(body: Buffer): Fields | null {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    return isFields(value) ? value : null;
  } catch {
    return null;
  }
}

export function decodeDirectory(fields: Fields): Result<Directory, string> {
  const newNonce = httpsUrl(fields.newNonce);
  const newAccount = httpsUrl(fields.newAccount);
  const newOrder = httpsUrl(fields.newOrder);
  if (newNonce === null || newAccount === null || newOrder === null)
    return fail('the directory lacks one of newNonce, newAccount and newOrder as an https URL');
  const externalAccountRequired = isFields(fields.meta) && fields.meta.externalAccountRequired === true;
  return ok({ newNonce, newAccount, newOrder, externalAccountRequired });
}

export function decodeOrder(fields: Fields): Result<Order, string> {
  const status = ORDER_STATES.find((state) => state === fields.status);
  const finalize = httpsUrl(fields.finalize);
  const authorizations = listOf(fields.authorizations, httpsUrl);
  if (status === undefined || finalize === null || authorizations === null)
    return fail('the order lacks a known status, a finalize URL or its authorizations');
  const certificate = httpsUrl(fields.certificate);
  return ok({ status, finalize, authorizations, certificate, problem: decodeProblem(fields.error) });
}

export function decodeAuthorization(fields: Fields): Result<Authorization, string> {
  const { identifier, status } = fields;
  const challenges = listOf(fields.challenges, decodeChallenge);
  if (!isFields(identifier) || identifier.type !== 'dns' || typeof identifier.value !== 'string')
    return fail('the authorization is for no host name');
  if (challenges === null) return fail('the authorization lacks its challenges');
  return ok({
    status: status === 'pending' || status === 'valid' ? status : 'lost',
    name: identifier.value.toLowerCase(),
    challenges: challenges.filter((challenge) => challenge.token !== ''),
  });
}

/** A challenge of a type unknown here may have no token; it is kept with an empty one. */
function decodeChallenge(value: unknown): Challenge | null {
  if (!isFields(value)) return null;
  const { type, token } = value;
  const url = httpsUrl(value.url);
  if (typeof type !== 'string' || url === null) return null;
  const sound = typeof token === 'string' && TOKEN_TEXT.test(token) ? token : '';
  return { type, url, token: sound, problem: decodeProblem(value.error) };
}

/** Null where the document names no sound window. */
export function decodeRenewalWindow(fields: Fields | null): RenewalWindow | null {
  const window = fields?.suggestedWindow;
  if (!isFields(window)) return null;
  const startMs = timeOf(window.start);
  const endMs = timeOf(window.end);
  return startMs <= endMs ? { startMs, endMs } : null;
}

/** Null where the value is no error document at all. */
export function decodeProblem(value: unknown): Problem | null {
  if (!isFields(value)) return null;
  const { type, detail } = value;
  const known = typeof type === 'string' && type.startsWith(ERROR_URN);
  return {
    kind: known ? type.slice(ERROR_URN.length) : 'unknown',
    detail: typeof detail === 'string' ? detail : 'no detail given',
  };
}

/** The URL where it is one of https and short, else null. */
export function httpsUrl(value: unknown): string | null {
  if (typeof value !== 'string' || value.length > URL_CHARACTERS_MAX) return null;
  return URL.parse(value)?.protocol === 'https:' ? value : null;
}

/** Milliseconds since 1970 of a time as in RFC 3339; NaN where it is none. */
function timeOf(value: unknown): number {
  return typeof value === 'string' && value.length <= 64 ? Date.parse(value) : Number.NaN;
}

function listOf<Entry>(value: unknown, decode: (entry: unknown) => Entry | null): readonly Entry[] | null {
  if (!Array.isArray(value) || value.length > LIST_ENTRIES_MAX) return null;
  const entries = value.map(decode);
  return entries.every((entry) => entry !== null) ? entries : null;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
