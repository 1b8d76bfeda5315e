/** What inspects a request: its interface and how one is made from the configuration. */
import { fail, ok, type Result } from '../core/result.ts';
import type { RuleMatch } from '../core/verdict.ts';
import { judgeBody } from './bodies/body.ts';
import { commandInjection } from './families/command-injection.ts';
import { compileCustomPatterns } from './families/custom-patterns.ts';
import type { Family, Rule } from './families/family.ts';
import { INVALID_PATH_ENCODING } from './families/invalid-http.ts';
import { pathTraversal } from './families/path-traversal.ts';
import { scannerAgents } from './families/scanner-agents.ts';
import { sqlInjection } from './families/sql-injection.ts';
import { xss } from './families/xss.ts';
import { judgeHeader, judgeTarget } from './fields.ts';
import { Judge, NO_MATCHES } from './judge.ts';

/** Judges one request at a time, synchronously; a worker makes one inspector per policy and keeps it. */
export interface Inspector {
  /** All rules in force. */
  readonly rules: readonly Rule[];
  /** Judges the head: target and headers. An empty frozen array if nothing matched. Never throws. */
  inspectHead(request: RequestView): readonly RuleMatch[];
  /**
   * Judges the beginning of the body, after the head has passed. Never throws.
   *
   * @param body the first bytes, as many as are to be inspected
   * @param complete whether `body` is the whole body
   */
  inspectBody(request: RequestView, body: Uint8Array, complete: boolean): readonly RuleMatch[];
}

/** The head of a request. All texts are bytes in latin-1, as received. */
export interface RequestView {
  readonly method: string;
  /** The target in origin form: path and query, not decoded. */
  readonly target: string;
  readonly headerCount: number;
  /** The name of a field in lower case; `index` counts from 0 in the order received. */
  headerName(index: number): string;
  headerValue(index: number): string;
  /** The value of the first field of that lower-case name. */
  header(name: string): string | null;
}

export interface InspectorOptions {
  readonly inspectUrl: boolean;
  readonly inspectHeaders: boolean;
  readonly inspectBody: boolean;
  /** Whether to refuse paths that can be decoded in two ways; true where left out. */
  readonly blockInvalidHttp?: boolean;
  readonly families: {
    readonly sqlInjection: boolean;
    readonly xss: boolean;
    readonly pathTraversal: boolean;
    readonly commandInjection: boolean;
  };
  /** Regular expressions in RE2 syntax. */
  readonly customPatterns: readonly string[];
}

/** Fails with one sentence for every custom pattern that cannot be used. */
export function createInspector(options: InspectorOptions): Result<Inspector, readonly string[]> {
  const custom = compileCustomPatterns(options.customPatterns);
  if (!custom.ok) return fail(custom.fault);
  return ok(new FamilyInspector(options, builtInFamilies(options), custom.value));
}

function builtInFamilies({ families }: InspectorOptions): readonly Family[] {
  return [
    ...(families.pathTraversal ? [pathTraversal] : []),
    ...(families.xss ? [xss] : []),
    ...(families.sqlInjection ? [sqlInjection] : []),
    ...(families.commandInjection ? [commandInjection] : []),
  ];
}

class FamilyInspector implements Inspector {
  readonly rules: readonly Rule[];
  readonly #options: InspectorOptions;
  readonly #judge: Judge;

  constructor(options: InspectorOptions, builtIn: readonly Family[], custom: readonly Family[]) {
    this.#options = options;
    this.#judge = new Judge(builtIn, custom);
    const families = [...builtIn, ...(options.inspectHeaders ? [scannerAgents] : []), ...custom];
    const invalid = this.#refusesInvalid ? [INVALID_PATH_ENCODING] : [];
    this.rules = [...families.flatMap((family) => family.rules), ...invalid];
  }

  inspectHead(request: RequestView): readonly RuleMatch[] {
    const { inspectUrl, inspectHeaders } = this.#options;
    const judge = this.#judge;
    if (inspectUrl) judgeTarget(judge, request.target, this.#refusesInvalid);
    for (let index = 0; inspectHeaders && index < request.headerCount && !judge.isFull; index += 1) {
      judgeHeader(judge, request.headerName(index), request.headerValue(index));
    }
    return judge.take();
  }

  inspectBody(request: RequestView, body: Uint8Array, _complete: boolean): readonly RuleMatch[] {
    if (!this.#options.inspectBody || body.length === 0) return NO_MATCHES;
    const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('latin1');
    judgeBody(this.#judge, text, request.header('content-type'));
    return this.#judge.take();
  }

  get #refusesInvalid(): boolean {
    return this.#options.inspectUrl && this.#options.blockInvalidHttp !== false;
  }
}
