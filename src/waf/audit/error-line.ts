/**
 * One rule match as one line of an error log, in the form that ModSecurity writes and that tools for it search:
 *
 *   [client 192.0.2.1] ModSecurity: Warning. <match> [file "a.conf"] [line "7"] [id "942100"] [msg "..."] ...
 *   [client 192.0.2.1] ModSecurity: Access denied with code 403 (phase 2). <match> ...
 *
 * Whatever a client had a hand in is escaped and cut, so that a line can neither be split nor forged.
 */
import type { RuleMatch } from '../../core/verdict.ts';
import type { AuditInterruption } from './audit-record.ts';
import { escapeLog } from './log-text.ts';

const TEXT_CHARACTERS_MAX = 512;
const NAME_CHARACTERS_MAX = 200;
const TAGS_MAX = 64;

export interface ErrorLineContext {
  readonly hostName: string;
  /** Path and query. */
  readonly target: string;
  readonly id: string;
  readonly clientAddress: string;
  /** What became of the request, told in the line of the disruptive match; null where it passed. */
  readonly interruption: AuditInterruption | null;
}

/** @returns one line without its end */
export function toErrorLine(match: RuleMatch, context: ErrorLineContext): string {
  const client = escapeLog(context.clientAddress, NAME_CHARACTERS_MAX);
  return `[client ${client}] ModSecurity: ${messageLine(match, context)} ${requestFields(context)}`;
}

/** The line without its beginning and without what it says about the request, as audit logs list it. */
export function messageLine(match: RuleMatch, context: Pick<ErrorLineContext, 'interruption'>): string {
  const { details } = match;
  const isDisruptive = details === null || details.disruptive;
  const outcome = isDisruptive ? outcomeOf(context.interruption) : 'Warning.';
  const found = details?.match ?? `Matched in ${match.part}.`;
  return `${outcome} ${escapeLog(found, TEXT_CHARACTERS_MAX)} ${ruleFields(match)}`;
}

function outcomeOf(interruption: AuditInterruption | null): string {
  if (interruption === null) return 'Warning.';
  const { kind, status, phase, location } = interruption;
  if (kind === 'drop') return `Access denied with connection close (phase ${phase}).`;
  if (kind === 'refuse') return `Access denied with code ${status} (phase ${phase}).`;
  const target = escapeLog(location, TEXT_CHARACTERS_MAX);
  return `Access denied with redirection to ${target} using status ${status} (phase ${phase}).`;
}

function ruleFields(match: RuleMatch): string {
  const { details } = match;
  const fields = [
    ...(details === null ? [] : [field('file', details.file), field('line', String(details.line))]),
    field('id', match.ruleId),
    ...optionalField('rev', details?.revision ?? ''),
    ...optionalField('msg', details?.message ?? match.message),
    ...optionalField('data', details?.data ?? match.value),
    ...optionalField('severity', String(details?.severity ?? '')),
    ...optionalField('ver', details?.version ?? ''),
  ];
  const tags = details?.tags ?? [match.label];
  return [...fields, ...tags.slice(0, TAGS_MAX).map((tag) => field('tag', tag))].join(' ');
}

function requestFields({ hostName, target, id }: ErrorLineContext): string {
  const path = target.split('?', 1)[0] ?? '';
  return [field('hostname', hostName), field('uri', path), field('unique_id', id)].join(' ');
}

function field(name: string, value: string): string {
  const max = name === 'msg' || name === 'data' || name === 'uri' ? TEXT_CHARACTERS_MAX : NAME_CHARACTERS_MAX;
  return `[${name} "${escapeLog(value, max)}"]`;
}

function optionalField(name: string, value: string): string[] {
  return value === '' ? [] : [field(name, value)];
}
