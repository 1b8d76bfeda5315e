/**
 * Writes down what the firewall decided about requests that rules matched, for `secbeat explain`, and hands the
 * records on in batches. A flood of attacks must not fill the disk or slow the worker: beyond a number of decisions a
 * second no more are recorded, and those given up are counted.
 */
import type { Clock } from '../../core/clock.ts';
import { redactTarget } from '../../waf/audit/redact-text.ts';
import { type Decision, explainMatches, scoresOf } from '../../waf/decision.ts';
import type { Inspection } from '../../waf/inspector.ts';
import { utf8OfLatin1 } from '../../waf/utf8.ts';
import { formatDecision } from '../decisions/decision-files.ts';
import type { FinishedExchange } from '../traffic-observer.ts';
import { LineBatch } from './line-batch.ts';
import { capped, HOST_LENGTH_MAX, METHOD_LENGTH_MAX, TARGET_LENGTH_MAX } from './request-record.ts';
import { SlidingCap } from './sliding-cap.ts';

export interface DecisionRecorderOptions {
  readonly clock: Clock;
  /** Takes whole lines. */
  readonly send: (lines: string) => void;
  readonly onDropped: () => void;
}

export const DECISIONS_PER_SECOND_MAX = 200;

export class DecisionRecorder {
  readonly #options: DecisionRecorderOptions;
  readonly #cap = new SlidingCap(DECISIONS_PER_SECOND_MAX, 1000);
  readonly #lines: LineBatch;

  constructor(options: DecisionRecorderOptions) {
    this.#options = options;
    this.#lines = new LineBatch(options.send);
  }

  /** Takes note of an exchange that is over; nothing where no rule matched. */
  record(exchange: FinishedExchange, isSecretPart: (part: string) => boolean): void {
    const { inspection } = exchange;
    if (inspection === null || inspection.matches.length === 0) return;
    if (!this.#cap.admit(this.#options.clock.nowMs())) {
      this.#options.onDropped();
      return;
    }
    this.#lines.add(formatDecision(decisionOf(exchange, inspection, this.#options.clock, isSecretPart)));
  }

  /** Hands everything on at once. */
  flush(): void {
    this.#lines.flush();
  }
}

function decisionOf(
  exchange: FinishedExchange,
  inspection: Inspection,
  clock: Clock,
  isSecretPart: (part: string) => boolean,
): Decision {
  const { route, matches, ruling, phase } = inspection;
  const { head } = exchange;
  return {
    id: exchange.requestId,
    time: new Date(clock.wallMs() - exchange.durationMs).toISOString(),
    outcome: exchange.reason === 'waf' ? 'blocked' : 'observed',
    status: exchange.status,
    phase: ruling.kind === 'pass' ? 0 : phase,
    mode: route.mode,
    site: exchange.site.name,
    route: route.path,
    client_ip: exchange.client.address,
    method: capped(exchange.method, METHOD_LENGTH_MAX),
    host: utf8OfLatin1(capped(head.host, HOST_LENGTH_MAX)),
    target: utf8OfLatin1(redactTarget(capped(head.target, TARGET_LENGTH_MAX))),
    scores: scoresOf(matches),
    thresholds: { inbound: route.inboundThreshold, outbound: route.outboundThreshold },
    rules: explainMatches(matches, isSecretPart),
  };
}
