/** The other half of `secbeat up`: a part ends when its supervisor vanishes, so that nothing is left behind. */
import { SUPERVISED_VARIABLE } from './up/part-process.ts';

/** Asks this process to end once its standard input does, if a supervisor started it. */
export function followSupervisor(): void {
  if (process.env[SUPERVISED_VARIABLE] !== '1') return;
  const end = (): void => {
    process.kill(process.pid, 'SIGTERM');
  };
  process.stdin.once('end', end);
  process.stdin.once('error', end);
  process.stdin.resume();
  // The pipe alone is no reason to stay.
  if ('unref' in process.stdin && typeof process.stdin.unref === 'function') process.stdin.unref();
}
