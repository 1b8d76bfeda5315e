/**
 * The audit log in the serial form of ModSecurity: parts named by letters, each behind a line with a boundary.
 *
 *   A head of the record   B head of the request   C body of the request   E body of the answer   F head of the answer
 *   H what the rules say   I body without files    J files                  K rules that matched   Z end
 *
 * A part that is asked for and has nothing to say is left out; A and Z are always there. The boundary comes from the
 * caller, at random; still, no line of a client's text may begin like one.
 */
import type { RuleMatch } from '../../core/verdict.ts';
import type { AuditField, AuditInterruption, AuditRecord } from './audit-record.ts';
import { messageLine } from './error-line.ts';
import { escapeLog } from './log-text.ts';
import { accessLogTime } from './log-time.ts';

const TEXT_CHARACTERS_MAX = 4096;
/** Parts in the order they are written. */
const ORDER = 'BCEFHIJK';

export const DEFAULT_PARTS = 'ABIJDEFHZ';

type Part = (record: AuditRecord) => readonly string[];

const PARTS: ReadonlyMap<string, Part> = new Map<string, Part>([
  [
    'B',
    ({ request }) => [
      `${requestLine(request.method, request.target, request.protocol)}`,
      ...lines(request.headers),
    ],
  ],
  ['C', ({ request }) => bodyLines(request.body)],
  ['E', ({ response }) => bodyLines(response?.body ?? null)],
  ['F', answerHead],
  ['H', trailer],
  ['I', ({ request }) => (request.files.length > 0 ? [] : bodyLines(request.body))],
  ['J', fileLines],
  ['K', ({ matches }) => matches.filter(isAudited).map(ruleLine)],
]);

/**
 * @param parts letters of the parts wanted; unknown ones are ignored
 * @param boundary hexadecimal digits that no client knows
 */
export function toNativeParts(record: AuditRecord, parts: string, boundary: string): string {
  const written = [head(record, boundary)];
  for (const letter of ORDER) {
    const part = parts.includes(letter) ? PARTS.get(letter) : undefined;
    // The body without files is the body; it is written once.
    if (part === undefined || (letter === 'I' && parts.includes('C'))) continue;
    const content = part(record);
    if (content.length > 0) written.push(section(letter, content, boundary));
  }
  return `${written.join('\n')}\n--${boundary}-Z--\n\n`;
}

function head(record: AuditRecord, boundary: string): string {
  const { timeMs, id, clientAddress, clientPort, serverAddress, serverPort } = record;
  const line = `[${accessLogTime(timeMs)}] ${id} ${clientAddress} ${clientPort} ${serverAddress} ${serverPort}`;
  return section('A', [line], boundary);
}

function section(letter: string, content: readonly string[], boundary: string): string {
  const safe = content.map((line) => (line.startsWith(`--${boundary}`) ? ` ${line}` : line));
  return `--${boundary}-${letter}--\n${safe.join('\n')}\n`;
}

function requestLine(method: string, target: string, protocol: string): string {
  return `${escaped(method)} ${escaped(target)} ${escaped(protocol)}`;
}

function lines(fields: readonly AuditField[]): string[] {
  return fields.map(({ name, value }) => `${escaped(name)}: ${escaped(value)}`);
}

function bodyLines(body: string | null): string[] {
  return body === null || body === '' ? [] : body.split('\n').map((line) => line.replace(/\r$/, ''));
}

function answerHead({ response }: AuditRecord): string[] {
  if (response === null) return [];
  const { protocol, status, reasonPhrase, headers } = response;
  return [`${escaped(protocol)} ${status} ${escaped(reasonPhrase)}`, ...lines(headers)];
}

function trailer(record: AuditRecord): string[] {
  const { matches, interruption, durationMs, producer } = record;
  const messages = matches.filter(isAudited).map((match) => `Message: ${messageLine(match, record)}`);
  return [
    ...messages,
    ...(interruption === null ? [] : [actionLine(interruption)]),
    `Stopwatch: ${Math.round(durationMs * 1000)} usec`,
    `Producer: ${[producer.engine, producer.connector, ...producer.components].map(escaped).join('; ')}.`,
    `Engine-Mode: "${producer.mode === 'On' ? 'ENABLED' : 'DETECTION_ONLY'}"`,
  ];
}

function actionLine({ kind, phase }: AuditInterruption): string {
  return `Action: ${kind === 'drop' ? 'Dropped' : 'Intercepted'} (phase ${phase})`;
}

function fileLines({ request }: AuditRecord): string[] {
  return request.files.map(
    ({ field, fileName, size }, index) => `${index + 1},${size},"${escaped(fileName)}","${escaped(field)}"`,
  );
}

function ruleLine(match: RuleMatch): string {
  return `${match.source ?? 'built-in'} [id "${escaped(match.ruleId)}"]`;
}

function isAudited({ details }: RuleMatch): boolean {
  return details?.auditLog !== false;
}

function escaped(text: string): string {
  return escapeLog(text, TEXT_CHARACTERS_MAX);
}
