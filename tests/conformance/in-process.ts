/**
 * Regression tests without a network: octets through the codec of the proxy, then through the phases of the engine in
 * the order of a node, with the answer that the suite's origin would give.
 */
import { STATUS_CODES } from 'node:http';
import type { BodyLimits } from '../../src/waf/bodies/parsed-body.ts';
import { readRequestBody } from '../../src/waf/bodies/request-body.ts';
import { readResponseText } from '../../src/waf/bodies/response-body.ts';
import type { RequestView, ResponseView, RuleRun, Ruling } from '../../src/waf/inspection.ts';
import { logLine } from './log-line.ts';
import { type ReceivedRequest, receiveRequest } from './received-request.ts';
import { type Reflection, reflect } from './reflector.ts';
import type { StageOutcome } from './verdict.ts';

/** What starts the inspection of a request. */
export interface RunSource {
  begin(request: RequestView): RuleRun;
}

/** As by default in a node, with the settings of the suite. */
const BODY_LIMITS: BodyLimits = {
  argumentsMax: 1000,
  depthMax: 512,
  partsMax: 1000,
  partHeaderBytesMax: 16_384,
  fileBytesKept: 4096,
};
const BODY_BYTES_MAX = 13_107_200;
const REQUEST_TIMEOUT = 408;

/** Sends one request through the engine; the same engine serves all of them. */
export function sendInProcess(octets: Buffer, id: string, source: RunSource): StageOutcome {
  const received = receiveRequest(octets, id);
  if (received.kind === 'refused') return { status: received.status, ids: [], lines: [] };
  const run = source.begin(received.view);
  const status = runPhases(received, run);
  run.finish();
  const logged = run.matches.filter(({ details }) => details === null || details.log);
  return { status, ids: [...new Set(logged.map(({ ruleId }) => ruleId))], lines: logged.map(logLine) };
}

type AcceptedRequest = Extract<ReceivedRequest, { kind: 'accepted' }>;

/** Answers the status that the client gets. */
function runPhases(request: AcceptedRequest, run: RuleRun): number {
  const { view, body } = request;
  let ruling = run.inspectRequestHead();
  if (ruling.kind !== 'pass') return statusOf(ruling);
  if (!request.complete) return REQUEST_TIMEOUT;
  ruling = run.inspectRequestBody(
    body.length === 0
      ? null
      : readRequestBody(
          body,
          true,
          view.header('content-type'),
          view.header('content-encoding'),
          BODY_LIMITS,
          BODY_BYTES_MAX,
        ),
  );
  if (ruling.kind !== 'pass') return statusOf(ruling);
  const answer = reflect(view.method, view.target, body);
  ruling = run.inspectResponseHead(new ReflectedView(answer));
  if (ruling.kind !== 'pass') return statusOf(ruling);
  const wanted = run.responseBytesWanted;
  ruling = run.inspectResponseBody(
    wanted === 0 ? null : readResponseText(answer.body.subarray(0, wanted), null, wanted),
  );
  return ruling.kind === 'pass' ? answer.status : statusOf(ruling);
}

function statusOf(ruling: Ruling): number {
  return ruling.kind === 'refuse' ? ruling.status : 0;
}

class ReflectedView implements ResponseView {
  readonly status: number;
  readonly reasonPhrase: string;
  readonly protocol = 'HTTP/1.1';
  readonly headerCount: number;
  readonly #headers: readonly (readonly [string, string])[];

  constructor({ status, headers, body }: Reflection) {
    this.status = status;
    this.reasonPhrase = STATUS_CODES[status] ?? '';
    this.#headers = [...headers, ['Content-Length', `${body.length}`]];
    this.headerCount = this.#headers.length;
  }

  headerName(index: number): string {
    return this.#headers[index]?.[0].toLowerCase() ?? '';
  }

  headerValue(index: number): string {
    return this.#headers[index]?.[1] ?? '';
  }

  header(name: string): string | null {
    return this.#headers.find(([known]) => known.toLowerCase() === name)?.[1] ?? null;
  }
}
