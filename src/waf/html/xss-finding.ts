/** What the search for cross-site scripting reports: rules, findings, and the collection of one search. */
import type { WorkMeter } from '../budget/work-meter.ts';

/** How much a finding says: 5 is unmistakable, 4 and 3 add up with others, 2 is a hint, 1 is risky mark-up only. */
export type XssScore = 1 | 2 | 3 | 4 | 5;

/** What was found. */
export type XssKind = 'element' | 'handler' | 'address' | 'style' | 'declaration' | 'script' | 'template';

/**
 * Where on a page the text would have to stand to take effect: between tags, between the attributes of a tag,
 * in an attribute's value, inside a script or inside one of its strings, or as an address.
 */
export type XssContext =
  | 'text'
  | 'tag'
  | 'unquoted-value'
  | 'single-quoted-value'
  | 'double-quoted-value'
  | 'back-quoted-value'
  | 'script'
  | 'script-string'
  | 'address';

export interface XssRule {
  readonly id: string;
  /** The event label that people and metrics know. */
  readonly label: string;
  /** What the rule looks for, in one sentence. */
  readonly message: string;
  readonly kind: XssKind;
}

/** A rule with the stretch of text that it matched. */
export interface XssFinding {
  readonly start: number;
  readonly end: number;
  readonly score: XssScore;
  readonly kind: XssKind;
  readonly context: XssContext;
  readonly rule: XssRule;
}

export const SCRIPT_TAG: XssRule = {
  id: 'xss-script-tag',
  label: 'XSS_SCRIPT_TAG',
  message: 'a script element',
  kind: 'element',
};
export const ACTIVE_TAG: XssRule = {
  id: 'xss-active-tag',
  label: 'XSS_ATTEMPT',
  message: 'an element that loads a program or a page, or changes how the page is read',
  kind: 'element',
};
export const EVENT_HANDLER: XssRule = {
  id: 'xss-event-handler',
  label: 'XSS_ATTEMPT',
  message: 'an attribute that runs script on an event',
  kind: 'handler',
};
export const SCRIPT_URL: XssRule = {
  id: 'xss-script-url',
  label: 'XSS_ATTEMPT',
  message: 'an address that runs script or holds a document of its own',
  kind: 'address',
};
export const ACTIVE_STYLE: XssRule = {
  id: 'xss-style',
  label: 'XSS_ATTEMPT',
  message: 'a style that runs script or loads other styles',
  kind: 'style',
};
export const DECLARATION: XssRule = {
  id: 'xss-declaration',
  label: 'XSS_ATTEMPT',
  message: 'a declaration or processing instruction that changes how mark-up is read',
  kind: 'declaration',
};
export const SCRIPT_CALL: XssRule = {
  id: 'xss-script-call',
  label: 'XSS_ATTEMPT',
  message: 'a way out of a string or statement of script into a call',
  kind: 'script',
};
export const SCRIPT_CODE: XssRule = {
  id: 'xss-script-code',
  label: 'XSS_ATTEMPT',
  message: 'script as attacks are written in',
  kind: 'script',
};
export const TEMPLATE_CODE: XssRule = {
  id: 'xss-template-code',
  label: 'XSS_ATTEMPT',
  message: 'a template expression that leaves its sandbox',
  kind: 'template',
};

export const XSS_RULES: readonly XssRule[] = [
  SCRIPT_TAG,
  ACTIVE_TAG,
  EVENT_HANDLER,
  SCRIPT_URL,
  ACTIVE_STYLE,
  DECLARATION,
  SCRIPT_CALL,
  SCRIPT_CODE,
  TEMPLATE_CODE,
];

export const SCORE_MAX = 5;

/** The findings of one search: the strongest of every rule. */
export class XssFindings {
  #list: XssFinding[] = [];
  #score = 0;
  #isCutOff = false;
  readonly #budget: WorkMeter | null;

  /** @param budget null for as much time as it takes */
  constructor(budget: WorkMeter | null) {
    this.#budget = budget;
  }

  /** The highest score so far, 0 without findings. */
  get score(): number {
    return this.#score;
  }

  /** Whether nothing stronger can be found, or not in time. */
  get isDecided(): boolean {
    return this.#isCutOff || this.#score >= SCORE_MAX;
  }

  /** Counts work in units of about a nanosecond; false once the time is over. */
  spend(units: number): boolean {
    if (this.#budget !== null && !this.#budget.spend(units)) this.#isCutOff = true;
    return !this.#isCutOff;
  }

  add(rule: XssRule, score: number, context: XssContext, start: number, end: number): void {
    if (score < 1) return;
    const known = this.#list.findIndex((finding) => finding.rule === rule);
    if (known !== -1 && this.#list[known]!.score >= score) return;
    const finding = {
      start,
      end,
      score: Math.min(score, SCORE_MAX) as XssScore,
      kind: rule.kind,
      context,
      rule,
    };
    if (known === -1) this.#list.push(finding);
    else this.#list[known] = finding;
    this.#score = Math.max(this.#score, finding.score);
  }

  /** The findings from this score on, the strongest first. */
  from(scoreMin: number): readonly XssFinding[] {
    return this.#list
      .filter(({ score }) => score >= scoreMin)
      .sort((left, right) => right.score - left.score);
  }
}
