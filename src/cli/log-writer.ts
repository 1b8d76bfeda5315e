/**
 * The logger of a process: levels, fields and the two forms of a line, on top of a sink that never blocks.
 *
 * Readable lines are `time LEVEL: message key=value`. JSON goes through pino for its envelope; what leaves it
 * is capped before and reduced to ASCII after, by the same rules as readable lines. All loggers made from one
 * share its level and its sink.
 */
import { write } from 'node:fs';
import pino from 'pino';
import type { Clock } from '../core/clock.ts';
import { createSystemClock } from '../core/clock.ts';
import type { LogFields, Logger, LogLevel } from '../core/logger.ts';
import { createFileSink, createStdoutSink, type LineSink } from '../export/line-sink.ts';
import {
  asciiJson,
  capText,
  envelopeSafeFields,
  formatReadableLine,
  formatTime,
} from '../export/log-line.ts';

export interface LoggerOptions {
  /** The least severe level that is written. */
  readonly level: LogLevel;
  /** One JSON object a line instead of readable text. */
  readonly json: boolean;
  /** The file that lines are appended to; null for standard output. */
  readonly filePath: string | null;
  /** The part of the program that speaks, unless a child says otherwise in its field `component`. */
  readonly component?: string;
  /** Takes the lines instead of the file or standard output. */
  readonly sink?: LineSink;
  readonly clock?: Clock;
}

export interface LogWriter extends Logger {
  /** Passes on whole lines that somebody else has formatted. */
  writeLines(text: string): void;
  setLevel(level: LogLevel): void;
  /** Resolves when all lines so far are written or cannot be; waits two seconds at most, never rejects. */
  flush(): Promise<void>;
  /** Opens the file anew after a rotation; nothing happens without a file. */
  reopen(): void;
  /** Lines given up because the output was too slow or failed too long. */
  droppedLines(): number;
}

/** Makes the logger of a process. A file that cannot be opened is reported on standard error and retried. */
export function createLogger(options: LoggerOptions): LogWriter {
  const sink = options.sink ?? openSink(options.filePath);
  const clock = options.clock ?? createSystemClock();
  const component = options.component ?? '';
  const formatter = options.json
    ? createJsonFormatter(sink, clock, component)
    : readableFormatter(sink, clock, component);
  const threshold = { level: options.level };
  return {
    ...createLeveledLogger(formatter, threshold, {}),
    writeLines: (text) => sink.write(text),
    setLevel: (level) => {
      threshold.level = level;
    },
    flush: () => sink.flush(),
    reopen: () => sink.reopen(),
    droppedLines: () => sink.droppedLines(),
  };
}

/** Writes one line; the fields carry the component where it differs from the process's own. */
type Formatter = (level: LogLevel, message: string, fields: LogFields) => void;

const SEVERITY: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3 };

function createLeveledLogger(
  format: Formatter,
  threshold: { readonly level: LogLevel },
  context: LogFields,
): Logger {
  const at = (level: LogLevel) => (message: string, fields?: LogFields) => {
    if (SEVERITY[level] >= SEVERITY[threshold.level])
      format(level, message, { ...fields, ...withoutKeys(context, fields) });
  };
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: (fields) => createLeveledLogger(format, threshold, { ...context, ...fields }),
  };
}

/** The context's fields stand behind the line's own, which win. */
function withoutKeys(context: LogFields, own: LogFields | undefined): LogFields {
  if (own === undefined) return context;
  return Object.fromEntries(Object.entries(context).filter(([key]) => !Object.hasOwn(own, key)));
}

function readableFormatter(sink: LineSink, clock: Clock, processComponent: string): Formatter {
  return (level, message, allFields) => {
    const { component, fields } = splitComponent(allFields, processComponent);
    sink.write(formatReadableLine({ wallMs: clock.wallMs(), level, component, event: message, fields }));
  };
}

function createJsonFormatter(sink: LineSink, clock: Clock, processComponent: string): Formatter {
  const output = pino(
    {
      level: 'debug',
      base: null,
      messageKey: 'event',
      timestamp: () => `,"timestamp":"${formatTime(clock.wallMs())}"`,
      formatters: { level: (level) => ({ level }) },
    },
    { write: (line: string) => sink.write(asciiJson(line)) },
  );
  return (level, message, allFields) => {
    const { component, fields } = splitComponent(allFields, processComponent);
    output[level]({ component, ...envelopeSafeFields(fields) }, capText(message));
  };
}

function splitComponent(
  fields: LogFields,
  processComponent: string,
): { readonly component: string; readonly fields: LogFields } {
  const { component, ...rest } = fields;
  return { component: typeof component === 'string' ? component : processComponent, fields: rest };
}

function openSink(filePath: string | null): LineSink {
  const onFault = (fault: Error): void => {
    const line = formatReadableLine({
      wallMs: createSystemClock().wallMs(),
      level: 'error',
      component: '',
      event: 'Log output failed, trying again',
      fields: { output: filePath ?? 'stdout', error: fault.message },
    });
    write(2, line, () => {
      // Standard error is the last resort; where it is gone too, nobody is left to be told.
    });
  };
  return filePath === null ? createStdoutSink({ onFault }) : createFileSink(filePath, { onFault });
}
