/**
 * Entry of a worker thread: starts its traffic and does what the main thread asks.
 *
 * An exception that nothing caught ends this thread and no other; the main thread gives back what the
 * thread had counted and starts it anew.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { createSystemClock } from '../core/clock.ts';
import { messageOf } from '../core/error-message.ts';
import { Traffic } from './traffic.ts';
import type { FromWorker, ToWorker, WorkerStart } from './worker-messages.ts';

const send = (message: FromWorker): void => parentPort?.postMessage(message);
const traffic = new Traffic(workerData as WorkerStart, createSystemClock(), send);

parentPort?.on('message', (message: ToWorker) => {
  switch (message.kind) {
    case 'policy':
      traffic.applyPolicy(message);
      break;
    case 'deny':
      traffic.deny(message.targets);
      break;
    case 'lists':
      traffic.replaceLists(message.lists);
      break;
    case 'geo':
      traffic.replaceGeo(message.geo);
      break;
    case 'certificates':
      traffic.useCertificates(message.profiles);
      break;
    case 'ticket_keys':
      traffic.useTicketKeys(message.keys);
      break;
    case 'challenges':
      traffic.replaceChallenges(message.lists);
      break;
    case 'close':
      traffic.closeBanned(message.targets);
      break;
    case 'close_door':
      void answer(traffic.closeDoor(message.graceMs));
      break;
    case 'open_door':
      void answer(traffic.openDoor());
      break;
    case 'drain':
      void traffic.drain(message.graceMs).then((cut) => send({ kind: 'drained', cut }));
      break;
  }
});

/** Says that what was asked for is done, or why it could not be. */
async function answer(done: Promise<unknown>): Promise<void> {
  try {
    await done;
    send({ kind: 'door', fault: null });
  } catch (error) {
    send({ kind: 'door', fault: messageOf(error) });
  }
}

try {
  send({ kind: 'listening', port: await traffic.listen() });
} catch (error) {
  send({ kind: 'failed', message: messageOf(error) });
}
