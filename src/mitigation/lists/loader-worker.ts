/** Entry of the loader thread: one job after the other, each answered once. */
import { parentPort } from 'node:worker_threads';
import { messageOf } from '../../core/error-message.ts';
import { loadGeo } from './load-geo.ts';
import type { LoadJob, LoadOutcome } from './load-job.ts';
import { loadList } from './load-list.ts';

parentPort?.on('message', (job: LoadJob) => {
  void run(job).then((outcome) => parentPort?.postMessage(outcome));
});

async function run(job: LoadJob): Promise<LoadOutcome> {
  try {
    return job.kind === 'list' ? await loadList(job) : await loadGeo(job);
  } catch (error) {
    return { kind: 'failed', message: `unexpected error: ${messageOf(error)}` };
  }
}
