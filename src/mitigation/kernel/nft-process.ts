/** Runs the nft program on one script: one process, bounded in time and in what is read of its words. */
import { spawn } from 'node:child_process';
import { type Failure, fail, ok, type Result } from '../../core/result.ts';

export interface NftFault {
  /** `missing`: there is no such program. `denied`: it may not change anything. */
  readonly kind: 'missing' | 'denied' | 'failed';
  readonly message: string;
}

const PATIENCE_MS = 20_000;
const WORDS_MAX = 2048;

/** All commands of a script take effect, or none. Never rejects. */
export async function runNft(program: string, script: string): Promise<Result<void, NftFault>> {
  try {
    // Most of what goes wrong is told by an event, but for want of memory, say, the runtimes throw.
    return await run(program, script);
  } catch (error) {
    return cannotRun(program, error as NodeJS.ErrnoException);
  }
}

function run(program: string, script: string): Promise<Result<void, NftFault>> {
  const { promise, resolve } = Promise.withResolvers<Result<void, NftFault>>();
  const child = spawn(program, ['-f', '-'], { stdio: ['pipe', 'ignore', 'pipe'] });
  let words = '';
  const timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
  child.stderr.setEncoding('utf8');
  child.stderr.on('data', (text: string) => {
    if (words.length < WORDS_MAX) words += text.slice(0, WORDS_MAX);
  });
  child.once('error', (error: NodeJS.ErrnoException) => {
    clearTimeout(timer);
    resolve(cannotRun(program, error));
  });
  child.once('close', (code, signal) => {
    clearTimeout(timer);
    if (code === 0) resolve(ok(undefined));
    else resolve(fail(faultOf(words, code ?? signal)));
  });
  // A process that ended before it read everything is told by its exit code.
  child.stdin.on('error', () => undefined);
  child.stdin.end(script);
  return promise;
}

function cannotRun(program: string, { code, message }: NodeJS.ErrnoException): Failure<NftFault> {
  const kind = code === 'ENOENT' ? 'missing' : code === 'EACCES' ? 'denied' : 'failed';
  return fail({ kind, message: `${program} cannot be run (${code ?? message})` });
}

function faultOf(words: string, end: number | NodeJS.Signals | null): NftFault {
  if (/operation not permitted|must be root/i.test(words)) {
    return { kind: 'denied', message: 'the right to change nftables is missing (CAP_NET_ADMIN)' };
  }
  const first = words.trim().split('\n', 1)[0] ?? '';
  return { kind: 'failed', message: first === '' ? `nft ended with ${end}` : first.slice(0, 300) };
}
