/**
 * Loaded into every thread of a node under test, in front of the program: a worker that finds the file `die` in the
 * working folder takes it away and throws, as an error in its own code would.
 *
 * Node loads it into workers by itself. Bun does so only for workers that are told to, so there the module that
 * starts workers gets a class that tells them.
 */
import { readFileSync, rmSync, statSync } from 'node:fs';
import * as threads from 'node:worker_threads';

const IMPORT = "import { Worker } from 'node:worker_threads';";
const STARTS_WORKERS = /\/worker-crew\.ts$/;

if (!threads.isMainThread) {
  const timer = setInterval(dieIfTold, 20);
  timer.unref();
} else if ('Bun' in globalThis) {
  globalThis.WorkerThatLoads = class extends threads.Worker {
    constructor(url, options) {
      super(url, { ...options, preload: [import.meta.path] });
    }
  };
  globalThis.Bun.plugin({
    name: 'dying worker',
    setup: (build) =>
      build.onLoad({ filter: STARTS_WORKERS }, ({ path }) => ({ contents: rewrite(path), loader: 'ts' })),
  });
}

function rewrite(path) {
  const source = readFileSync(path, 'utf8');
  if (!source.includes(IMPORT)) throw new Error(`${path} does not import Worker in the known way`);
  return source.replace(IMPORT, 'const Worker = globalThis.WorkerThatLoads; type Worker = any;');
}

function dieIfTold() {
  if (statSync('die', { throwIfNoEntry: false }) === undefined) return;
  try {
    rmSync('die');
  } catch {
    return; // Another worker was first.
  }
  throw new Error('provoked by the test');
}
