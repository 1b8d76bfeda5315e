/**
 * Runs one command for a script and keeps what it prints, bounded in time and size.
 *
 * The command leads a process group of its own, so that a command which hangs ends together with all it started,
 * and so does everything when the script itself is asked to stop.
 */
import { spawn } from 'node:child_process';

export interface RunRequest {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly timeoutMs: number;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

export interface RunOutcome {
  /** Exit code; -1 where it ended by a signal, at the time limit, or did not start. */
  readonly code: number;
  readonly timedOut: boolean;
  /** Standard output and error in the order of arrival; the end of it where there was too much. */
  readonly output: string;
  readonly seconds: number;
}

const OUTPUT_CHARS_MAX = 400_000;

/** Runs a command to its end. Never rejects. */
export function runProcess(request: RunRequest): Promise<RunOutcome> {
  const { promise, resolve } = Promise.withResolvers<RunOutcome>();
  const started = performance.now();
  const child = spawn(request.command, request.args, {
    cwd: request.cwd,
    env: { ...process.env, ...request.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let output = '';
  let timedOut = false;
  const keep = (chunk: Buffer): void => {
    output = (output + chunk.toString('utf8')).slice(-OUTPUT_CHARS_MAX);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);

  const endGroup = (): void => {
    if (child.pid !== undefined) killGroup(child.pid);
  };
  const timer = setTimeout(() => {
    timedOut = true;
    endGroup();
  }, request.timeoutMs);
  const stop = (): void => {
    endGroup();
    process.exit(130);
  };
  for (const signal of STOP_SIGNALS) process.once(signal, stop);

  const finish = (code: number): void => {
    clearTimeout(timer);
    for (const signal of STOP_SIGNALS) process.removeListener(signal, stop);
    resolve({ code, timedOut, output, seconds: (performance.now() - started) / 1000 });
  };
  child.on('error', (error) => {
    output += `cannot start ${request.command}: ${error.message}\n`;
    finish(-1);
  });
  child.on('close', (code) => finish(code ?? -1));
  return promise;
}

const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

function killGroup(leader: number): void {
  try {
    process.kill(-leader, 'SIGKILL');
  } catch {
    // The group has ended by itself.
  }
}
