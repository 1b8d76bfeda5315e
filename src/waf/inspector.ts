/**
 * The firewall of one policy: which rule sets look at a request, what their findings lead to, and what is remembered
 * of it. Everything about a request is in its `Inspection`, which the node asks phase by phase.
 *
 *   request -> route (by path) -> built-in rules, program in SecLang -> ruling
 *
 * The built-in rules come first: they are cheap, and most attacks end there. In monitor mode the same work is done,
 * every ruling passes, and the first one that would not have is kept for the log.
 */
import { decidingRule, type RuleMatch } from '../core/verdict.ts';
import type { AuditMode } from './audit/relevance.ts';
import {
  PASS_RULING,
  type RequestBody,
  type RequestView,
  type ResponseView,
  type RuleRun,
  type Ruling,
} from './inspection.ts';
import type { Route, Routes } from './routes.ts';

export class Inspector {
  readonly #routes: Routes;

  constructor(routes: Routes) {
    this.#routes = routes;
  }

  begin(request: RequestView): Inspection {
    return new Inspection(this.#routes.find(request.target), request);
  }
}

/** The head of an origin's answer, as it was received. */
export interface AnswerHead {
  readonly status: number;
  readonly reasonPhrase: string;
  readonly protocol: string;
  readonly fields: readonly { readonly name: string; readonly value: string }[];
}

/** The inspection of one request and its answer. No method throws or waits. */
export class Inspection {
  readonly request: RequestView;
  readonly route: Route;
  /** The first ruling other than `pass`, also where it was only observed, with the number of its phase. */
  ruling: Ruling = PASS_RULING;
  phase = 0;
  /** The body that rules saw, and the head of the answer; kept for the audit log where there is one. */
  body: RequestBody | null = null;
  answer: AnswerHead | null = null;
  readonly #runs: readonly RuleRun[];

  constructor(route: Route, request: RequestView) {
    this.route = route;
    this.request = request;
    const { sources } = route;
    this.#runs = sources.length === 1 ? [sources[0]!.begin(request)] : sources.map((s) => s.begin(request));
  }

  /** Phase 1, and phase 2 at once where no body follows. */
  inspectRequestHead(bodyFollows: boolean): Ruling {
    for (const run of this.#runs) {
      const ruling = this.#note(run.inspectRequestHead(), 1);
      if (ruling.kind !== 'pass') return ruling;
    }
    return bodyFollows ? PASS_RULING : this.inspectRequestBody(null);
  }

  /** Phase 2. */
  inspectRequestBody(body: RequestBody | null): Ruling {
    for (const run of this.#runs) {
      const ruling = this.#note(run.inspectRequestBody(body), 2);
      if (ruling.kind !== 'pass') return ruling;
    }
    return PASS_RULING;
  }

  /** Phase 3. */
  inspectResponseHead(response: ResponseView): Ruling {
    for (const run of this.#runs) {
      const ruling = this.#note(run.inspectResponseHead(response), 3);
      if (ruling.kind !== 'pass') return ruling;
    }
    return PASS_RULING;
  }

  /** Octets of the answer's body that phase 4 is to see before any of it is sent; 0 for none. */
  get responseBytesWanted(): number {
    let wanted = 0;
    for (const run of this.#runs) wanted = Math.max(wanted, run.responseBytesWanted);
    return wanted;
  }

  /** Phase 4. */
  inspectResponseBody(text: string | null): Ruling {
    for (const run of this.#runs) {
      const ruling = this.#note(run.inspectResponseBody(text), 4);
      if (ruling.kind !== 'pass') return ruling;
    }
    return PASS_RULING;
  }

  /** Phase 5; once, when the request is over, however it ended. */
  finish(): void {
    for (const run of this.#runs) run.finish();
  }

  /** Everything that matched so far, the built-in rules' matches in front. */
  get matches(): readonly RuleMatch[] {
    let found: readonly RuleMatch[] = NO_MATCHES;
    for (const { matches } of this.#runs) {
      if (matches.length > 0) found = found.length === 0 ? matches : [...found, ...matches];
    }
    return found;
  }

  /** What rules made of the audit log for this request; null where none says anything. */
  get auditMode(): AuditMode | null {
    for (const { auditMode } of this.#runs) if (auditMode !== null) return auditMode;
    return null;
  }

  /** The ids of what matched, the one that weighs most in front. */
  get ruleIds(): readonly string[] {
    const { matches } = this;
    const deciding = decidingRule(matches);
    if (deciding === null) return NO_IDS;
    return [deciding.ruleId, ...matches.filter((match) => match !== deciding).map((match) => match.ruleId)];
  }

  #note(ruling: Ruling, phase: number): Ruling {
    if (ruling.kind === 'pass') return ruling;
    if (this.ruling.kind === 'pass') {
      this.ruling = ruling;
      this.phase = phase;
    }
    return this.route.mode === 'block' ? ruling : PASS_RULING;
  }
}

const NO_IDS: readonly string[] = Object.freeze([]);
const NO_MATCHES: readonly RuleMatch[] = Object.freeze([]);
