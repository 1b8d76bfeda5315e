/** Matches that no rule makes but the engine itself: what it could not read, and what took too long. */
import type { RuleMatch } from '../../core/verdict.ts';
import { SHOWN_VALUE_MAX } from './bounds.ts';

export type EngineMatchId =
  /** The request used up its time. */
  | 'waf-budget'
  /** Evaluation failed. */
  | 'waf-fault'
  /** The body is not what its media type says, or ends too early. */
  | 'waf-body'
  /** There is more than may be looked at. */
  | 'waf-limit';

const LABELS: Readonly<Record<EngineMatchId, string>> = {
  'waf-budget': 'WAF_BUDGET',
  'waf-fault': 'WAF_FAULT',
  'waf-body': 'WAF_BODY',
  'waf-limit': 'WAF_LIMIT',
};

/** @param message one sentence */
export function engineMatch(id: EngineMatchId, part: string, message: string): RuleMatch {
  return {
    ruleId: id,
    label: LABELS[id],
    message: message.slice(0, SHOWN_VALUE_MAX),
    score: 0,
    part,
    value: '',
    start: 0,
    end: 0,
    decodings: [],
    source: null,
    details: null,
  };
}
