/**
 * Refuses bodies that the rules cannot see: in a coding or character set that is not read here, beyond the limits of
 * the parsers, or multipart that can be taken apart in several ways. What an origin may read and the rules may not is
 * the widest way around them.
 *
 * A syntax error in a form, in JSON or XML is no reason: what is left of such a body is inspected as text.
 */

import type { RuleException } from '../core/rule-exception.ts';
import type { RuleMatch } from '../core/verdict.ts';
import { isUtf16 } from './bodies/charset.ts';
import { mediaParameters } from './bodies/media-type.ts';
import { PASS_RULING, type RequestBody, type RuleRun, type RuleSource, type Ruling } from './inspection.ts';

interface GuardRule {
  readonly id: string;
  readonly label: string;
  readonly message: string;
  readonly status: number;
}

const UNREADABLE: GuardRule = {
  id: 'body-unreadable',
  label: 'INVALID_HTTP',
  message: 'a body in a coding or character set that is not read here',
  status: 415,
};
const LIMIT: GuardRule = {
  id: 'body-limit',
  label: 'OVERSIZED_REQUEST',
  message: 'a body with more parts, values or levels than are read',
  status: 413,
};
const AMBIGUOUS: GuardRule = {
  id: 'body-ambiguous',
  label: 'INVALID_HTTP',
  message: 'a multipart body that can be taken apart in several ways',
  status: 400,
};

/** What a refusal for the body adds to the score: enough by itself. */
const SCORE = 5;

export const GUARD_RULES: readonly {
  readonly id: string;
  readonly label: string;
  readonly message: string;
}[] = [UNREADABLE, LIMIT, AMBIGUOUS];

/** @param exceptions rules of the guard that are taken back; parts are not told apart */
export function createBodyGuard(exceptions: readonly RuleException[]): RuleSource {
  const excepted = new Set(exceptions.map(({ ruleId }) => ruleId));
  return { inspectsResponses: false, begin: () => new GuardRun(excepted) };
}

class GuardRun implements RuleRun {
  readonly responseBytesWanted = 0;
  readonly auditMode = null;
  matches: readonly RuleMatch[] = NO_MATCHES;
  readonly #excepted: ReadonlySet<string | null>;

  constructor(excepted: ReadonlySet<string | null>) {
    this.#excepted = excepted;
  }

  inspectRequestHead(): Ruling {
    return PASS_RULING;
  }

  inspectRequestBody(body: RequestBody | null): Ruling {
    if (body === null) return PASS_RULING;
    const found = findFault(body);
    if (found === null || this.#excepted.has(found.rule.id)) return PASS_RULING;
    this.matches = [matchOf(found.rule, found.reason)];
    return { kind: 'refuse', status: found.rule.status, location: null };
  }

  inspectResponseHead(): Ruling {
    return PASS_RULING;
  }

  inspectResponseBody(): Ruling {
    return PASS_RULING;
  }

  finish(): void {
    // Nothing is kept between requests.
  }
}

interface GuardFinding {
  readonly rule: GuardRule;
  /** One sentence. */
  readonly reason: string;
}

function findFault(body: RequestBody): GuardFinding | null {
  if (body.unpackFault !== null) return { rule: UNREADABLE, reason: body.unpackFault };
  if (body.processor === null) return null;
  if (body.processor === 'URLENCODED' && namesUtf16(body.contentType)) {
    return { rule: UNREADABLE, reason: 'The escapes of the form are in UTF-16.' };
  }
  const { fault, multipart } = body.parse(body.processor);
  if (fault?.kind === 'limit') return { rule: LIMIT, reason: fault.message };
  if (multipart === null) return null;
  if (fault?.kind === 'syntax') return { rule: AMBIGUOUS, reason: fault.message };
  // Some programs undo it and others do not (RFC 7578 section 4.7 tells senders not to use it).
  return multipart.invalidPart ? { rule: AMBIGUOUS, reason: 'A part has a transfer encoding.' } : null;
}

/** Octets of UTF-16 may stand as such, which is undone, or escaped, which only the origin can tell. */
function namesUtf16(contentType: string | null): boolean {
  return contentType !== null && mediaParameters(contentType, 'charset').some(isUtf16);
}

function matchOf({ id, label, message }: GuardRule, reason: string): RuleMatch {
  return {
    ruleId: id,
    label,
    message,
    score: SCORE,
    part: 'body',
    value: reason,
    start: 0,
    end: reason.length,
    decodings: [],
    source: null,
    details: null,
  };
}

const NO_MATCHES: readonly RuleMatch[] = Object.freeze([]);
