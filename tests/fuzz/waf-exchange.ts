/**
 * One request through a whole inspection, in process, phase by phase as a node goes through them; and two requests
 * whose phases a node mixes, because one waits for its body while the other is answered.
 */
import type { RuleMatch } from '../../src/core/verdict.ts';
import type { BodyLimits } from '../../src/waf/bodies/parsed-body.ts';
import { readRequestBody } from '../../src/waf/bodies/request-body.ts';
import { readResponseText } from '../../src/waf/bodies/response-body.ts';
import type { RequestBody, RequestView, ResponseView, RuleRun, Ruling } from '../../src/waf/inspection.ts';
import type { Inspection } from '../../src/waf/inspector.ts';
import { logLine } from '../conformance/log-line.ts';
import { type ReceivedRequest, receiveRequest } from '../conformance/received-request.ts';

/** Limits of a node that is not told otherwise. */
export const BODY_LIMITS: BodyLimits = {
  argumentsMax: 1000,
  depthMax: 512,
  partsMax: 256,
  partHeaderBytesMax: 4096,
  fileBytesKept: 4096,
};
export const BODY_BYTES_MAX = 131_072;

/** What starts an inspection: a whole firewall or one program. */
export interface Firewall {
  begin(request: RequestView): Inspection | RuleRun;
}

export type AcceptedRequest = Extract<ReceivedRequest, { kind: 'accepted' }>;

/** What came of a request: rulings by phase up to the first that is not to pass, and what matched. */
export interface Outcome {
  readonly rulings: readonly string[];
  readonly matches: readonly RuleMatch[];
}

/** Null for what the codec refuses. The name is the same for all, for rules may log it. */
export function receive(text: string): AcceptedRequest | null {
  const received = receiveRequest(Buffer.from(text, 'latin1'), 'fuzz');
  return received.kind === 'accepted' ? received : null;
}

/** The steps of one inspection, of which others may come in between. */
export class Steps {
  readonly #request: AcceptedRequest;
  readonly #run: Inspection | RuleRun;
  readonly #rulings: string[] = [];
  #isOver = false;

  constructor(firewall: Firewall, request: AcceptedRequest) {
    this.#request = request;
    this.#run = firewall.begin(request.view);
  }

  head(): void {
    this.#note(() => this.#run.inspectRequestHead(true));
  }

  body(): void {
    this.#note(() => this.#run.inspectRequestBody(bodyOf(this.#request)));
  }

  answer(): void {
    this.#note(() => this.#run.inspectResponseHead(ANSWER));
    this.#note(() => {
      const wanted = this.#run.responseBytesWanted;
      return this.#run.inspectResponseBody(wanted === 0 ? null : readResponseText(ANSWER_BODY, null, wanted));
    });
  }

  finish(): Outcome {
    this.#run.finish();
    return { rulings: this.#rulings, matches: this.#run.matches };
  }

  /** After a ruling nothing else is asked. */
  #note(phase: () => Ruling): void {
    if (this.#isOver) return;
    const ruling = phase();
    this.#rulings.push(JSON.stringify(ruling));
    this.#isOver = ruling.kind !== 'pass';
  }
}

export function inspectAlone(firewall: Firewall, request: AcceptedRequest): Outcome {
  const steps = new Steps(firewall, request);
  steps.head();
  steps.body();
  steps.answer();
  return steps.finish();
}

/** Both outcomes, in the order of the arguments; the second request begins and ends within the first. */
export function inspectNested(
  firewall: Firewall,
  outer: AcceptedRequest,
  inner: AcceptedRequest,
): readonly [Outcome, Outcome] {
  const one = new Steps(firewall, outer);
  one.head();
  const other = new Steps(firewall, inner);
  other.head();
  other.body();
  one.body();
  other.answer();
  one.answer();
  return [one.finish(), other.finish()];
}

/** Both outcomes, step by step in turn, both begun before either is looked at. */
export function inspectInTurn(
  firewall: Firewall,
  first: AcceptedRequest,
  second: AcceptedRequest,
): readonly [Outcome, Outcome] {
  const one = new Steps(firewall, first);
  const other = new Steps(firewall, second);
  other.head();
  one.head();
  one.body();
  other.body();
  one.answer();
  const outcome = one.finish();
  other.answer();
  return [outcome, other.finish()];
}

/** Everything that two inspections of one request must agree on. */
export function describe({ rulings, matches }: Outcome): string {
  const lines = matches.map((match) => `${logLine(match)} ${JSON.stringify({ ...match, details: null })}`);
  return [...rulings, ...lines].join('\n');
}

export function bodyOf({ view, body, complete }: AcceptedRequest): RequestBody | null {
  if (body.length === 0) return null;
  const type = view.header('content-type');
  const encoding = view.header('content-encoding');
  const isWhole = complete && body.length <= BODY_BYTES_MAX;
  return readRequestBody(
    body.subarray(0, BODY_BYTES_MAX),
    isWhole,
    type,
    encoding,
    BODY_LIMITS,
    BODY_BYTES_MAX,
  );
}

const ANSWER_BODY = Buffer.from('<p>reflected</p>');
const ANSWER_FIELDS = [
  ['content-type', 'text/html'],
  ['content-length', String(ANSWER_BODY.length)],
] as const;

const ANSWER: ResponseView = {
  status: 200,
  reasonPhrase: 'OK',
  protocol: 'HTTP/1.1',
  headerCount: ANSWER_FIELDS.length,
  headerName: (index) => ANSWER_FIELDS[index]?.[0] ?? '',
  headerValue: (index) => ANSWER_FIELDS[index]?.[1] ?? '',
  header: (name) => ANSWER_FIELDS.find(([known]) => known === name)?.[1] ?? null,
};
