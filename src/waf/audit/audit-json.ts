/**
 * The audit log in JSON, one line per request, with the names and the nesting of ModSecurity 3, so that what reads
 * those logs reads these. Fields that came several times are a list. Pure; the record is redacted before.
 */
import type { RuleMatch } from '../../core/verdict.ts';
import type { AuditField, AuditRecord } from './audit-record.ts';
import { readableText } from './log-text.ts';
import { calendarTime } from './log-time.ts';

/** @returns one line without its end */
export function toAuditJson(record: AuditRecord): string {
  const { request, response, producer } = record;
  return JSON.stringify({
    transaction: {
      client_ip: record.clientAddress,
      time_stamp: calendarTime(record.timeMs),
      server_id: readableText(record.hostName),
      client_port: record.clientPort,
      host_ip: record.serverAddress,
      host_port: record.serverPort,
      unique_id: record.id,
      request: {
        method: readableText(request.method),
        http_version: versionOf(request.protocol),
        hostname: readableText(record.hostName),
        uri: readableText(request.target),
        headers: headersOf(request.headers),
        ...(request.body === null ? {} : { body: readableText(request.body) }),
      },
      response:
        response === null
          ? {}
          : {
              http_code: response.status,
              headers: headersOf(response.headers),
              ...(response.body === null ? {} : { body: readableText(response.body) }),
            },
      producer: {
        modsecurity: producer.engine,
        connector: producer.connector,
        secrules_engine: producer.mode === 'On' ? 'Enabled' : 'DetectionOnly',
        components: producer.components,
      },
      messages: record.matches.filter(({ details }) => details?.auditLog !== false).map(messageOf),
    },
  });
}

function versionOf(protocol: string): string {
  return protocol.replace(/^HTTP\//, '');
}

/** A list of entries, not assignments: a field may be called like something that objects have by themselves. */
function headersOf(fields: readonly AuditField[]): Record<string, string | string[]> {
  const values = new Map<string, string | string[]>();
  for (const { name, value } of fields) {
    const key = readableText(name);
    const text = readableText(value);
    const known = values.get(key);
    if (known === undefined) values.set(key, text);
    else if (typeof known === 'string') values.set(key, [known, text]);
    else known.push(text);
  }
  return Object.fromEntries(values);
}

function messageOf(match: RuleMatch): unknown {
  const { details } = match;
  return {
    message: readableText(details?.message ?? match.message),
    details: {
      match: readableText(details?.match ?? `Matched in ${match.part}.`),
      reference: details === null ? `o${match.start},${match.end - match.start}` : '',
      ruleId: match.ruleId,
      file: details?.file ?? '',
      lineNumber: String(details?.line ?? ''),
      data: readableText(details?.data ?? match.value),
      severity: String(details?.severity ?? ''),
      ver: details?.version ?? '',
      rev: details?.revision ?? '',
      tags: details?.tags ?? [match.label],
      maturity: '0',
      accuracy: '0',
    },
  };
}
