/**
 * A request and its answer as the variables of the rule language see them. Everything is taken apart when something
 * first asks for it, at most once.
 */
import type { Clock } from '../../../core/clock.ts';
import { readCookies } from '../../bodies/cookies.ts';
import type { BodyFault, ParsedBody } from '../../bodies/parsed-body.ts';
import { readPairs } from '../../bodies/urlencoded.ts';
import type { RequestView, ResponseView } from '../../inspection.ts';
import type { EngineSettings } from '../../seclang/syntax.ts';
import { COOKIES_MAX } from '../bounds.ts';
import { type Member, NO_MEMBERS } from './member.ts';
import { cutTarget, type TargetPieces } from './request-target.ts';

export class Message {
  readonly request: RequestView;
  readonly settings: EngineSettings;
  readonly clock: Clock;
  /** When the inspection began, by the clock's monotonic time; 0 where no rule asks. */
  startMs = 0;
  /** From the beginning of phase 3. */
  response: ResponseView | null = null;
  responseBody = '';
  /** REQBODY_PROCESSOR: by the media type, until a rule says otherwise. */
  processor: string;
  /** Whether a rule asked for REQUEST_BODY whatever the processor. */
  bodyForced = false;
  /** Whether bodies are looked at; a rule may change it. */
  bodyAccess: boolean;
  /** From the beginning of phase 2: what rules say about the body comes too late from then on. */
  bodyTaken = false;
  /** REQUEST_BODY. */
  bodyText = '';
  /** Octets of the body; 0 where it is not looked at. */
  bodyLength = 0;
  parsed: ParsedBody | null = null;
  /** Why a body could not be read; null where all went well. */
  bodyFault: BodyFault | null = null;
  /** Whether the beginning of the body has to be enough. */
  bodyCut = false;
  /** Why not all of the query or of the cookies could be read one by one. */
  headFault: BodyFault | null = null;
  #target: TargetPieces | null = null;
  #queryArguments: readonly Member[] | null = null;
  #arguments: readonly Member[] | null = null;
  #headers: readonly Member[] | null = null;
  #responseHeaders: readonly Member[] | null = null;
  #cookies: readonly Member[] | null = null;

  constructor(request: RequestView, settings: EngineSettings, clock: Clock, processor: string) {
    this.request = request;
    this.settings = settings;
    this.clock = clock;
    this.processor = processor;
    this.bodyAccess = settings.requestBodyAccess;
  }

  get target(): TargetPieces {
    this.#target ??= cutTarget(this.request.target);
    return this.#target;
  }

  get queryArguments(): readonly Member[] {
    return this.#queryArguments ?? this.#readQuery();
  }

  get bodyArguments(): readonly Member[] {
    return this.parsed === null ? NO_MEMBERS : this.parsed.fields;
  }

  /** Those of the query first. */
  get arguments(): readonly Member[] {
    if (this.bodyArguments.length === 0) return this.queryArguments;
    this.#arguments ??= [...this.queryArguments, ...this.bodyArguments];
    return this.#arguments;
  }

  get headers(): readonly Member[] {
    this.#headers ??= readHeaders(this.request);
    return this.#headers;
  }

  get responseHeaders(): readonly Member[] {
    if (this.response === null) return NO_MEMBERS;
    this.#responseHeaders ??= readHeaders(this.response);
    return this.#responseHeaders;
  }

  get cookies(): readonly Member[] {
    return this.#cookies ?? this.#readCookies();
  }

  #readQuery(): readonly Member[] {
    const { argumentSeparator, argumentsLimit } = this.settings;
    const { pairs, fault } = readPairs(this.target.query, argumentSeparator, argumentsLimit);
    this.#queryArguments = pairs;
    this.headFault ??= fault;
    return pairs;
  }

  #readCookies(): readonly Member[] {
    const { request } = this;
    let cookies: readonly Member[] = NO_MEMBERS;
    for (let index = 0; index < request.headerCount; index += 1) {
      if (request.headerName(index) !== 'cookie') continue;
      const { pairs, fault } = readCookies(request.headerValue(index), COOKIES_MAX);
      this.headFault ??= fault;
      cookies = cookies.length === 0 ? pairs : cookies.concat(pairs);
    }
    this.#cookies = cookies;
    return cookies;
  }
}

function readHeaders(view: RequestView | ResponseView): readonly Member[] {
  const headers: Member[] = [];
  for (let index = 0; index < view.headerCount; index += 1) {
    headers.push({ name: view.headerName(index), value: view.headerValue(index) });
  }
  return headers;
}
