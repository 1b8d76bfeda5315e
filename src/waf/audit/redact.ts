/**
 * Takes secrets out of an audit record, and cuts its texts, before it leaves the node: named fields, all cookies, and
 * arguments with names that speak of secrets, wherever they stand. What was taken out is also looked for in what the
 * rules say, since a rule may have matched a text that holds the secret without being called so.
 */
import type { RuleMatch } from '../../core/verdict.ts';
import { processorOf } from '../bodies/processor.ts';
import type { AuditField, AuditRecord } from './audit-record.ts';
import { cutText } from './log-text.ts';
import { REDACTED, type Redaction, redactBody, redactCookies, redactTarget } from './redact-text.ts';
import { isSecretName, SECRET_HEADERS, SECRET_WORDS } from './secret-names.ts';

export interface RedactionPolicy {
  /** Fields whose values are taken out, in lower case. */
  readonly headers: ReadonlySet<string>;
  /** Words that make an argument's name secret, in lower case. */
  readonly words: ReadonlySet<string>;
  /** Characters kept of a target or a field's value. */
  readonly fieldCharactersMax: number;
  /** Characters kept of a body. */
  readonly bodyCharactersMax: number;
}

export const DEFAULT_REDACTION: RedactionPolicy = {
  headers: SECRET_HEADERS,
  words: SECRET_WORDS,
  fieldCharactersMax: 2048,
  bodyCharactersMax: 65_536,
};

/** Secrets that are looked for in the texts of matches; shorter ones would hit by chance. */
const SECRETS_MAX = 64;
const SECRET_CHARACTERS_MIN = 4;
/** Fields that hold an address, whose query may hold secrets. */
const ADDRESS_FIELDS: ReadonlySet<string> = new Set(['referer', 'location', 'content-location', 'origin']);

export function redactRecord(record: AuditRecord, policy: RedactionPolicy = DEFAULT_REDACTION): AuditRecord {
  const secrets = new Set<string>();
  const collect = (value: string): void => {
    if (value.length >= SECRET_CHARACTERS_MIN && secrets.size < SECRETS_MAX) secrets.add(value);
  };
  const isSecret = (name: string): boolean => isSecretName(name, policy.words);
  const redaction: Redaction = { isSecret, collect };
  const { request, response } = record;
  const cut = (text: string): string => cutText(text, policy.fieldCharactersMax);
  const fields = (list: readonly AuditField[]): AuditField[] =>
    list.map(({ name, value }) => ({
      name: cut(name),
      value: cut(redactField(name, value, policy, redaction)),
    }));
  const body = (text: string | null, headers: readonly AuditField[]): string | null =>
    text === null
      ? null
      : cutText(redactBody(text, processorOf(contentTypeOf(headers)), redaction), policy.bodyCharactersMax);
  return {
    ...record,
    request: {
      ...request,
      target: cut(redactTarget(request.target, redaction)),
      headers: fields(request.headers),
      body: body(request.body, request.headers),
    },
    response:
      response === null
        ? null
        : { ...response, headers: fields(response.headers), body: body(response.body, response.headers) },
    matches: record.matches.map((match) => redactMatch(match, policy, secrets)),
  };
}

function redactField(name: string, value: string, policy: RedactionPolicy, redaction: Redaction): string {
  const lowerName = name.toLowerCase();
  if (policy.headers.has(lowerName)) {
    redaction.collect(value);
    // What follows the scheme, such as Bearer, may turn up alone.
    redaction.collect(value.slice(value.indexOf(' ') + 1));
    return REDACTED;
  }
  if (lowerName === 'cookie') return redactCookies(value, false, redaction);
  if (lowerName === 'set-cookie') return redactCookies(value, true, redaction);
  return ADDRESS_FIELDS.has(lowerName) ? redactTarget(value, redaction) : value;
}

function contentTypeOf(headers: readonly AuditField[]): string | null {
  return headers.find(({ name }) => name.toLowerCase() === 'content-type')?.value ?? null;
}

/** The texts of a match in a secret part say nothing; those of any other match lose the secrets in them. */
function redactMatch(match: RuleMatch, policy: RedactionPolicy, secrets: ReadonlySet<string>): RuleMatch {
  const isSecret = isSecretPart(match.part, policy);
  const clean = (text: string): string =>
    isSecret && text !== '' ? REDACTED : withoutSecrets(text, secrets);
  const value = clean(match.value);
  const isChanged = value !== match.value;
  const { details } = match;
  return {
    ...match,
    value,
    start: isChanged ? 0 : match.start,
    end: isChanged ? value.length : match.end,
    details:
      details === null
        ? null
        : {
            ...details,
            data: clean(details.data),
            match: clean(details.match),
            message: withoutSecrets(details.message, secrets),
          },
  };
}

/** `header:authorization`, `cookie:id`, `body:json.user.password`. */
export function isSecretPart(part: string, policy: RedactionPolicy): boolean {
  const colon = part.indexOf(':');
  if (colon === -1) return false;
  const place = part.slice(0, colon);
  const name = part.slice(colon + 1).toLowerCase();
  if (place === 'cookie') return true;
  if (place.endsWith('header')) return policy.headers.has(name) || name === 'cookie' || name === 'set-cookie';
  return isSecretName(part.slice(colon + 1), policy.words);
}

/** Rules see values in lower case too. */
function withoutSecrets(text: string, secrets: ReadonlySet<string>): string {
  let clean = text;
  for (const secret of secrets) {
    clean = clean.replaceAll(secret, REDACTED).replaceAll(secret.toLowerCase(), REDACTED);
  }
  return clean;
}
