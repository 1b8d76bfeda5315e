/**
 * Writes the audit log of requests, in one of ModSecurity's formats, and hands it on in batches. Like decisions, the
 * records of a second are bounded, and those given up are counted.
 */
import { randomBytes } from 'node:crypto';
import type { Clock } from '../../core/clock.ts';
import { toAuditJson } from '../../waf/audit/audit-json.ts';
import type { AuditInterruption, AuditRecord } from '../../waf/audit/audit-record.ts';
import { toErrorLine } from '../../waf/audit/error-line.ts';
import { DEFAULT_PARTS, toNativeParts } from '../../waf/audit/native-parts.ts';
import { redactRecord } from '../../waf/audit/redact.ts';
import { isAudited } from '../../waf/audit/relevance.ts';
import type { Inspection } from '../../waf/inspector.ts';
import type { AuditPolicy } from '../snapshot.ts';
import type { FinishedExchange } from '../traffic-observer.ts';
import { LineBatch } from './line-batch.ts';
import { SlidingCap } from './sliding-cap.ts';

export interface AuditRecorderOptions {
  readonly clock: Clock;
  readonly version: string;
  /** Takes whole lines. */
  readonly send: (lines: string) => void;
  readonly onDropped: () => void;
}

export const AUDITS_PER_SECOND_MAX = 500;

export class AuditRecorder {
  readonly #options: AuditRecorderOptions;
  readonly #cap = new SlidingCap(AUDITS_PER_SECOND_MAX, 1000);
  readonly #lines: LineBatch;

  constructor(options: AuditRecorderOptions) {
    this.#options = options;
    this.#lines = new LineBatch(options.send);
  }

  /** Takes note of an exchange that is over, where the policy wants it. */
  record(exchange: FinishedExchange, policy: AuditPolicy): void {
    const { inspection } = exchange;
    if (inspection === null) return;
    const { matches, auditMode } = inspection;
    if (policy.events === 'relevant' && matches.length === 0) return;
    const mode = auditMode ?? (policy.events === 'all' ? 'on' : 'relevant-only');
    // What the node refuses for other reasons is none of the rules' business.
    if (!isAudited(mode, matches, exchange.status, () => false)) return;
    if (!this.#cap.admit(this.#options.clock.nowMs())) {
      this.#options.onDropped();
      return;
    }
    const record = redactRecord(this.#recordOf(exchange, inspection), policy.redaction);
    this.#lines.add(formatRecord(record, policy.format));
  }

  /** Hands everything on at once. */
  flush(): void {
    this.#lines.flush();
  }

  #recordOf(exchange: FinishedExchange, inspection: Inspection): AuditRecord {
    const { clock, version } = this.#options;
    const { head } = exchange;
    const { request, answer, body } = inspection;
    const headers = Array.from({ length: head.fields.count }, (_, index) => ({
      name: head.fields.name(index),
      value: head.fields.value(index),
    }));
    return {
      id: exchange.requestId,
      timeMs: clock.wallMs() - exchange.durationMs,
      durationMs: exchange.durationMs,
      clientAddress: request.clientAddress,
      clientPort: request.clientPort,
      serverAddress: request.serverAddress,
      serverPort: request.serverPort,
      hostName: head.host,
      request: {
        method: exchange.method,
        target: head.target,
        protocol: request.protocol,
        headers,
        body: body?.text ?? null,
        files: body?.processor === 'MULTIPART' ? body.parse('MULTIPART').files : [],
      },
      response:
        exchange.status === 0
          ? null
          : {
              status: exchange.status,
              reasonPhrase: answer?.reasonPhrase ?? '',
              protocol: 'HTTP/1.1',
              headers: answer?.fields ?? [],
              body: null,
            },
      matches: inspection.matches,
      interruption: interruptionOf(exchange, inspection),
      producer: {
        engine: `SecBeat ${version}`,
        connector: 'SecBeat node',
        mode: inspection.route.mode === 'block' ? 'On' : 'DetectionOnly',
        components: [],
      },
    };
  }
}

function interruptionOf(exchange: FinishedExchange, { ruling, phase }: Inspection): AuditInterruption | null {
  if (exchange.reason !== 'waf' || ruling.kind === 'pass') return null;
  if (ruling.kind === 'drop') return { kind: 'drop', phase, status: 0, location: '' };
  const { status, location } = ruling;
  return { kind: location === null ? 'refuse' : 'redirect', phase, status, location: location ?? '' };
}

const BOUNDARY_BYTES = 8;

function formatRecord(record: AuditRecord, format: AuditPolicy['format']): string {
  if (format === 'json') return `${toAuditJson(record)}\n`;
  if (format === 'native')
    return toNativeParts(record, DEFAULT_PARTS, randomBytes(BOUNDARY_BYTES).toString('hex'));
  const { request, interruption } = record;
  const context = { ...record, target: request.target, interruption };
  const logged = record.matches.filter(({ details }) => details?.log !== false);
  return logged.map((match) => `${toErrorLine(match, context)}\n`).join('');
}
