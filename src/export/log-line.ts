/**
 * One log line, for people (`time LEVEL: message key=value`) or as one JSON object.
 *
 * Whoever writes logs may have been handed text by a client. So every value is capped, everything outside
 * visible ASCII becomes a \u escape (control characters, line separators, bidirectional overrides), and a
 * readable value with a blank, quote or backslash is quoted: no value can start a line or forge a field.
 */
import type { LogFields, LogLevel, LogValue } from '../core/logger.ts';

/** Longest value in UTF-16 units before escaping; an escape takes up to six characters. */
export const LOG_VALUE_LENGTH_MAX = 2048;

/** Most entries kept of a list value. */
export const LOG_LIST_LENGTH_MAX = 32;

export interface LogLine {
  /** Milliseconds since 1970. */
  readonly wallMs: number;
  readonly level: LogLevel;
  /** The part of the program that speaks; empty leaves it out of readable lines. */
  readonly component: string;
  /** What happened, a constant sentence of the program. */
  readonly event: string;
  readonly fields: LogFields;
}

/** A readable line with its line feed; the component stands last, so message and fields can be searched. */
export function formatReadableLine(line: LogLine): string {
  let text = `${formatTime(line.wallMs)} ${line.level.toUpperCase()}: ${escapeControls(capText(line.event))}`;
  for (const [key, value] of Object.entries(line.fields)) text += ` ${safeKey(key)}=${readableValue(value)}`;
  if (line.component !== '') text += ` component=${readableValue(line.component)}`;
  return `${text}\n`;
}

/** One JSON object with its line feed: timestamp, level, component, event, then the fields. */
export function formatJsonLine(line: LogLine): string {
  const envelope = {
    timestamp: formatTime(line.wallMs),
    level: line.level,
    component: line.component,
    event: capText(line.event),
  };
  return `${asciiJson(JSON.stringify({ ...envelope, ...envelopeSafeFields(line.fields) }))}\n`;
}

/** Capped fields; one that is named like a part of the envelope gets a trailing underscore. */
export function envelopeSafeFields(fields: LogFields): Record<string, LogValue> {
  const safe: Record<string, LogValue> = {};
  for (const [key, value] of Object.entries(fields)) {
    const name = safeKey(key);
    safe[ENVELOPE_KEYS.has(name) ? `${name}_` : name] = capValue(value);
  }
  return safe;
}

/** Turns everything beyond ASCII in JSON text into \u escapes, which changes no value. */
export function asciiJson(json: string): string {
  return json.replace(/[\u007f-\uffff]/g, escapeUnit);
}

/** Cuts a text to `lengthMax` UTF-16 units, the last three of them dots where something is missing. */
export function capText(text: string, lengthMax: number = LOG_VALUE_LENGTH_MAX): string {
  return text.length <= lengthMax ? text : `${text.slice(0, Math.max(0, lengthMax - 3))}...`;
}

/** RFC 3339 in UTC; a time outside the calendar reads as 1970, because a log line must never throw. */
export function formatTime(wallMs: number): string {
  return new Date(Math.abs(wallMs) <= DATE_MS_MAX ? wallMs : 0).toISOString();
}

const DATE_MS_MAX = 8.64e15;
const ENVELOPE_KEYS: ReadonlySet<string> = new Set(['timestamp', 'level', 'component', 'event']);
const BARE_VALUE = /^[\x21\x23-\x5b\x5d-\x7e]+$/;

function capValue(value: LogValue): LogValue {
  if (typeof value === 'string') return capText(value);
  if (!isList(value)) return value;
  return value.slice(0, LOG_LIST_LENGTH_MAX).map((entry) => capText(entry));
}

function readableValue(value: LogValue): string {
  const text = capText(isList(value) ? value.slice(0, LOG_LIST_LENGTH_MAX).join(',') : String(value));
  return BARE_VALUE.test(text) ? text : `"${escapeControls(text.replace(/["\\]/g, '\\$&'))}"`;
}

function isList(value: LogValue): value is readonly string[] {
  return Array.isArray(value);
}

function safeKey(key: string): string {
  return key.replace(/[^A-Za-z0-9_.-]/g, '_');
}

function escapeControls(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, escapeUnit);
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
