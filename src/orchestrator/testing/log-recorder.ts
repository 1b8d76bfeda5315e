/** A logger that remembers its lines and lets a test wait for one. */
import type { LogFields, Logger, LogLevel } from '../../core/logger.ts';

export interface RecordedLine {
  readonly level: LogLevel;
  readonly message: string;
  readonly fields: LogFields;
}

interface Watcher {
  readonly matches: (line: RecordedLine) => boolean;
  readonly found: (line: RecordedLine) => void;
}

const WAIT_MS = 15_000;

export class LogRecorder {
  readonly lines: RecordedLine[] = [];
  readonly logger: Logger;
  readonly #watchers = new Set<Watcher>();

  constructor() {
    const at =
      (level: LogLevel) =>
      (message: string, fields: LogFields = {}) => {
        this.#record({ level, message, fields });
      };
    const logger: Logger = {
      debug: at('debug'),
      info: at('info'),
      warn: at('warn'),
      error: at('error'),
      child: () => logger,
    };
    this.logger = logger;
  }

  withMessage(message: string): RecordedLine[] {
    return this.lines.filter((line) => line.message === message);
  }

  /** Resolves with the next line, counted from now, that has this message and at least these fields. */
  next(message: string, fields: LogFields = {}): Promise<RecordedLine> {
    const { promise, resolve, reject } = Promise.withResolvers<RecordedLine>();
    const timer = setTimeout(() => reject(new Error(`no line "${message}" within ${WAIT_MS} ms`)), WAIT_MS);
    const watcher: Watcher = {
      matches: (line) =>
        line.message === message &&
        Object.entries(fields).every(([key, value]) => line.fields[key] === value),
      found: (line) => {
        clearTimeout(timer);
        this.#watchers.delete(watcher);
        resolve(line);
      },
    };
    this.#watchers.add(watcher);
    return promise;
  }

  #record(line: RecordedLine): void {
    this.lines.push(line);
    for (const watcher of [...this.#watchers]) {
      if (watcher.matches(line)) watcher.found(line);
    }
  }
}
