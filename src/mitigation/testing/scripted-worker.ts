/** A worker thread without traffic, for tests of what supervises it: its revision says how it behaves. */
import { parentPort, workerData } from 'node:worker_threads';
import type { FromWorker, ToWorker, WorkerStart } from '../worker-messages.ts';

/** Ends before it listens. */
export const ENDS_EARLY = 1;
/** Tells that it cannot listen, and stays. */
export const FAILS = 2;
/** Never does anything again once it is told to drain. */
export const GETS_STUCK = 3;
/** Ends when it is told to take no connections. */
export const DIES = 4;

const send = (message: FromWorker): void => parentPort?.postMessage(message);
const { revision, index } = (workerData ?? {}) as Partial<WorkerStart>;

if (parentPort !== null && revision !== undefined) {
  parentPort.on('message', ({ kind }: ToWorker) => {
    if (kind === 'open_door') send({ kind: 'door', fault: 'not to be had' });
    if (kind === 'close_door') send({ kind: 'door', fault: null });
    if (kind === 'close_door' && revision === DIES) process.exit(0);
    if (kind !== 'drain') return;
    while (revision === GETS_STUCK);
    send({ kind: 'drained', cut: 1 });
  });
  if (revision === ENDS_EARLY) process.exit(0);
  if (revision === FAILS) send({ kind: 'failed', message: 'not to be had' });
  else send({ kind: 'listening', port: 1000 + (index ?? 0) });
}
