/**
 * One running part: a child process of the same runtime, in a process group of its own.
 *
 * The group keeps a Ctrl-C in the terminal away from the child, so that the parts end in order. A pipe to its
 * standard input stays open as long as the supervisor lives; the child ends by itself when it breaks.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import type { LinePrefix } from './line-prefix.ts';

/** Environment variable that tells a part to end when its standard input does. */
export const SUPERVISED_VARIABLE = 'SECBEAT_SUPERVISED';

export interface ExitStatus {
  readonly code: number | null;
  readonly signal: string | null;
}

export interface PartCommand {
  readonly path: string;
  readonly args: readonly string[];
  /** Variables over those of this process. */
  readonly environment: Readonly<Record<string, string>>;
}

export class PartProcess {
  readonly exited: Promise<ExitStatus>;
  readonly #child: ChildProcess;

  constructor(command: PartCommand, output: LinePrefix) {
    const { promise, resolve } = Promise.withResolvers<ExitStatus>();
    this.exited = promise;
    this.#child = spawn(command.path, command.args, {
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true,
      env: { ...process.env, ...command.environment, [SUPERVISED_VARIABLE]: '1' },
    });
    this.#child.stdin?.on('error', () => undefined);
    this.#child.stdout?.on('data', (chunk: Buffer) => output.push(chunk));
    this.#child.stderr?.on('data', (chunk: Buffer) => output.push(chunk));
    this.#child.on('error', (error) => {
      output.push(Buffer.from(`cannot start: ${error.message}\n`));
      resolve({ code: null, signal: null });
    });
    // 'close' comes after the last line of output, 'exit' may come before it.
    this.#child.on('close', (code, signal) => {
      output.end();
      resolve({ code, signal });
    });
  }

  /** Asks the part to end, waits at most `timeoutMs`, then ends its whole group. */
  async stop(timeoutMs: number): Promise<ExitStatus> {
    this.signal('SIGTERM');
    const timer = setTimeout(() => this.kill(), timeoutMs);
    const status = await this.exited;
    clearTimeout(timer);
    return status;
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** Ends the part and all it started at once. */
  kill(): void {
    const { pid, exitCode, signalCode } = this.#child;
    if (pid === undefined || exitCode !== null || signalCode !== null) return;
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // It has ended in this moment.
    }
  }
}

/** Words for how a part ended. */
export function describeExit({ code, signal }: ExitStatus): string {
  if (signal !== null) return `by ${signal}`;
  return code === null ? 'without starting' : `with exit code ${code}`;
}
