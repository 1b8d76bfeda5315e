/** Says what time it is in a thread of its own. */
import { parentPort } from 'node:worker_threads';
import { createSystemClock } from '../clock.ts';

parentPort?.postMessage(createSystemClock().nowMs());
