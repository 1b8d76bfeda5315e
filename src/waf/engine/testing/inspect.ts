/** Rules in their own language, compiled and asked about requests written in one line each. */
import { ManualClock } from '../../../core/clock.ts';
import { fail, ok } from '../../../core/result.ts';
import type { RuleMatch } from '../../../core/verdict.ts';
import { readRequestBody } from '../../bodies/request-body.ts';
import type { RequestBody, RequestView, ResponseView, Ruling } from '../../inspection.ts';
import { loadRules } from '../../seclang/load-rules.ts';
import { STANDARD_VOCABULARY } from '../../seclang/standard-vocabulary.ts';
import type { RuleSet } from '../../seclang/syntax.ts';
import { type CompileOptions, compileProgram } from '../compile-program.ts';
import type { Program } from '../program.ts';

const FILE = '/rules.conf';

/** Everything on: what most tests want, so that they need not say it. */
const EVERYTHING_ON = [
  'SecRuleEngine On',
  'SecRequestBodyAccess On',
  'SecResponseBodyAccess On',
  'SecResponseBodyMimeType text/plain text/html',
].join('\n');

/** @param text SecLang; the engine is on unless it says otherwise */
export function parseRules(text: string): RuleSet {
  const rules = loadRules([FILE], STANDARD_VOCABULARY, {
    readText: (path) => (path === FILE ? ok(`${EVERYTHING_ON}\n${text}`) : fail(`no file ${path}`)),
    expand: (pattern) => ok([pattern]),
  });
  if (!rules.ok) throw new TypeError(rules.fault.map(({ message }) => message).join('\n'));
  return rules.value;
}

export function compileRules(text: string, options: Partial<CompileOptions> = {}): Program {
  const program = compileProgram(parseRules(text), {
    readFile: (_, name) => fail(`no file ${name}`),
    clock: new ManualClock(),
    policy: {
      onError(error) {
        throw error;
      },
    },
    ...options,
  });
  if (!program.ok) throw new TypeError(program.fault.map(({ message }) => message).join('\n'));
  return program.value;
}

export interface RequestLine {
  readonly method?: string;
  readonly target?: string;
  readonly protocol?: string;
  readonly headers?: readonly (readonly [name: string, value: string])[];
  readonly body?: string;
  readonly bodyComplete?: boolean;
  readonly answer?: AnswerLine;
}

export interface AnswerLine {
  readonly status?: number;
  readonly headers?: readonly (readonly [name: string, value: string])[];
  readonly body?: string;
}

/** What a program makes of one request, all phases in order. */
export interface Inspection {
  readonly ids: readonly string[];
  readonly matches: readonly RuleMatch[];
  /** The first ruling that is not to pass, else to pass. */
  readonly ruling: Ruling;
  /** The phase of that ruling; 0 where all passed. */
  readonly ruledIn: number;
  readonly responseBytesWanted: number;
}

export function inspect(program: Program, line: RequestLine = {}): Inspection {
  const request = requestView(line);
  const run = program.begin(request);
  const { answer } = line;
  const phases: (() => Ruling)[] = [
    () => run.inspectRequestHead(),
    () => run.inspectRequestBody(requestBody(line, request)),
    () => run.inspectResponseHead(responseView(answer ?? {})),
    () => run.inspectResponseBody(run.responseBytesWanted > 0 ? (answer?.body ?? '') : null),
  ];
  let ruling: Ruling = { kind: 'pass' };
  let ruledIn = 0;
  for (const [index, phase] of phases.entries()) {
    ruling = phase();
    ruledIn = ruling.kind === 'pass' ? 0 : index + 1;
    if (ruledIn > 0) break;
  }
  run.finish();
  const { matches, responseBytesWanted } = run;
  return { ids: matches.map(({ ruleId }) => ruleId), matches, ruling, ruledIn, responseBytesWanted };
}

/** The ids of the rules that matched, one text. */
export function idsOf(rules: string, line: RequestLine = {}): string {
  return inspect(compileRules(rules), line).ids.join(' ');
}

export function requestView({ method, target, protocol, headers = [] }: RequestLine): RequestView {
  const fields = fieldView(headers);
  return {
    method: method ?? 'GET',
    target: target ?? '/',
    protocol: protocol ?? 'HTTP/1.1',
    id: 'r1',
    clientAddress: '192.0.2.7',
    clientPort: 40_000,
    fingerprint: '',
    serverAddress: '192.0.2.1',
    serverPort: 443,
    ...fields,
  };
}

export function responseView({ status, headers }: AnswerLine): ResponseView {
  const fields = fieldView(headers ?? [['content-type', 'text/html']]);
  return { status: status ?? 200, reasonPhrase: 'OK', protocol: 'HTTP/1.1', ...fields };
}

function fieldView(headers: readonly (readonly [string, string])[]) {
  return {
    headerCount: headers.length,
    headerName: (index: number) => headers[index]?.[0].toLowerCase() ?? '',
    headerValue: (index: number) => headers[index]?.[1] ?? '',
    header: (name: string) => headers.find(([known]) => known.toLowerCase() === name)?.[1] ?? null,
  };
}

const LIMITS = { argumentsMax: 10, depthMax: 8, partsMax: 8, partHeaderBytesMax: 1024, fileBytesKept: 64 };

function requestBody({ body, bodyComplete }: RequestLine, request: RequestView): RequestBody | null {
  if (body === undefined) return null;
  const bytes = Buffer.from(body, 'latin1');
  const type = request.header('content-type');
  return readRequestBody(bytes, bodyComplete ?? true, type, null, LIMITS, 65_536);
}
