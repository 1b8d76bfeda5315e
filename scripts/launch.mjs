/**
 * Runs a command on the chosen runtime as if it were this process: same terminal, same signals, same outcome.
 *
 * A Ctrl-C in a terminal reaches every process of the foreground group, the child among them, so SIGINT is
 * passed on only where there is no terminal. The other signals come from one sender to one process and are
 * always passed on.
 */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';

const FORWARDED = ['SIGTERM', 'SIGHUP', 'SIGUSR1'];

/**
 * Runs `path` with `args` and ends this process the way the child ended: with its exit code, or by its signal.
 * @param {string} path
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: Record<string, string | undefined> }} [options]
 */
export function become(path, args, options = {}) {
  /** @type {import('node:child_process').ChildProcess | null} */
  let child = null;
  // Listened for before there is a child: a signal that comes first must not end this process alone.
  for (const signal of FORWARDED) process.on(signal, () => child?.kill(signal));
  process.on('SIGINT', () => {
    if (!hasTerminal()) child?.kill('SIGINT');
  });
  child = spawn(path, args, { stdio: 'inherit', ...options });
  child.on('error', (error) => {
    console.error(`secbeat: cannot start ${path}: ${error.message}`);
    process.exit(2);
  });
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code);
    endBySignal(signal);
  });
}

function hasTerminal() {
  return process.stdin.isTTY === true || process.stdout.isTTY === true || process.stderr.isTTY === true;
}

/** Ends by the same signal, so that a shell or service manager sees the true cause. */
function endBySignal(signal) {
  for (const name of [...FORWARDED, 'SIGINT']) process.removeAllListeners(name);
  process.exitCode = 128 + constants.signals[signal];
  process.kill(process.pid, signal);
}
