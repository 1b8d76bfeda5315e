/**
 * A disk that fails as it is told to: the orchestrator runs under `strace`, which ends it or answers with an error at the
 * given write or sync of its ledger.
 *
 * `skipWithoutStrace` says in plain words why a test is skipped where that is not possible.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What happens at the calls with the numbers `from` to `to`, counted from 1. */
export interface DiskFault {
  readonly call: 'pwrite64' | 'fsync';
  readonly what: 'SIGKILL' | 'ENOSPC' | 'EIO';
  readonly from: number;
  readonly to: number;
}

const LEDGER_FILES = ['ledger.db', 'ledger.db-wal'];

/** The program and arguments that stand before those of the orchestrator; calls are noted in `tracePath`. */
export function faultyDisk(folder: string, tracePath: string, fault: DiskFault | null): readonly string[] {
  const files = LEDGER_FILES.flatMap((name) => ['-P', join(folder, name)]);
  const watch = ['strace', '-D', '-f', '-qq', '-o', tracePath, '-e', 'trace=pwrite64,fsync', ...files];
  if (fault === null) return watch;
  const { call, what, from, to } = fault;
  const inject = what === 'SIGKILL' ? `signal=${what}` : `error=${what}`;
  return [...watch, '-e', `inject=${call}:${inject}:when=${from}..${to}`];
}

/** How many calls of a kind a trace has. */
export function countCalls(tracePath: string, call: DiskFault['call']): number {
  return readFileSync(tracePath, 'utf8').split(`${call}(`).length - 1;
}

/** For `describe`: false where faults can be made, else why not. */
export function skipWithoutStrace(): false | string {
  const { error, status } = spawnSync('strace', ['-qq', '-e', 'trace=none', 'true'], { stdio: 'ignore' });
  if (error !== undefined) return 'strace is not installed (Debian package strace): no disk that fails';
  return status === 0 ? false : 'this process may not trace others: no disk that fails';
}
