/**
 * Loaded into every thread of a node under test, in front of the program: a worker that finds the file `die` in the
 * working folder takes it away and throws, as an error in its own code would.
 */
import { rmSync, statSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

if (!isMainThread) {
  const timer = setInterval(() => {
    if (statSync('die', { throwIfNoEntry: false }) === undefined) return;
    try {
      rmSync('die');
    } catch {
      return; // Another worker was first.
    }
    throw new Error('provoked by the test');
  }, 20);
  timer.unref();
}
