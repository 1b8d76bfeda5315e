/**
 * What the firewall decided about one request, as a record that explains itself: which rules, which part, the decoded
 * text with the match in it, the scores and thresholds, and the line that would allow it.
 *
 * The record is JSON with names in snake_case: it is written to disk and read back by `secbeat explain`. Text from
 * the client is capped, and what stands in a part that may hold a secret is left out.
 */
import type { RuleMatch } from '../core/verdict.ts';
import { utf8OfLatin1 } from './utf8.ts';

export interface Decision {
  readonly id: string;
  /** ISO 8601. */
  readonly time: string;
  readonly outcome: 'blocked' | 'observed';
  /** The status that the client got; 0 where it got none. */
  readonly status: number;
  /** The phase in which the request was refused, 1 to 4; 0 where none refused it. */
  readonly phase: number;
  readonly mode: 'block' | 'monitor' | 'off';
  /** The name of the site; '' on a node without a list of sites. */
  readonly site: string;
  /** The prefix of the path whose rules were in force. */
  readonly route: string;
  readonly client_ip: string;
  readonly method: string;
  readonly host: string;
  readonly target: string;
  readonly scores: DecisionScores;
  readonly thresholds: DecisionScores;
  readonly rules: readonly ExplainedMatch[];
}

/** Of the request and of the origin's answer. */
export interface DecisionScores {
  readonly inbound: number;
  readonly outbound: number;
}

export interface ExplainedMatch {
  readonly id: string;
  readonly label: string;
  readonly message: string;
  readonly score: number;
  readonly part: string;
  readonly decodings: readonly string[];
  /** The decoded text in front of the match, the match, and the text behind it. */
  readonly before: string;
  readonly match: string;
  readonly after: string;
  /** `file:line`, null for built-in rules. */
  readonly source: string | null;
}

/** Texts around a match that are kept on each side, and of the match, in bytes. */
const AROUND_MAX = 80;
const MATCH_MAX = 200;
/** More matches than these explain nothing any more. */
const MATCHES_MAX = 24;

export function explainMatches(
  matches: readonly RuleMatch[],
  isSecret: (part: string) => boolean,
): readonly ExplainedMatch[] {
  return matches.slice(0, MATCHES_MAX).map((match) => explainMatch(match, isSecret(match.part)));
}

/** The sum over distinct rules, of the request (phases 1 and 2) and of the answer. */
export function scoresOf(matches: readonly RuleMatch[]): DecisionScores {
  const counted = new Set<string>();
  let inbound = 0;
  let outbound = 0;
  for (const { ruleId, score, details } of matches) {
    if (counted.has(ruleId)) continue;
    counted.add(ruleId);
    if ((details?.phase ?? 1) > 2) outbound += score;
    else inbound += score;
  }
  return { inbound, outbound };
}

function explainMatch(match: RuleMatch, secret: boolean): ExplainedMatch {
  const { value, start, end } = match;
  const shown = secret ? '[redacted]' : null;
  return {
    id: match.ruleId,
    label: match.label,
    message: match.message,
    score: match.score,
    part: utf8OfLatin1(match.part),
    decodings: match.decodings,
    before: shown === null ? utf8OfLatin1(value.slice(Math.max(0, start - AROUND_MAX), start)) : '',
    match: shown ?? utf8OfLatin1(value.slice(start, Math.min(end, start + MATCH_MAX))),
    after: shown === null ? utf8OfLatin1(value.slice(end, end + AROUND_MAX)) : '',
    source: match.source,
  };
}
