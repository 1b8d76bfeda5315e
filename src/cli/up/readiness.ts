/** Waits until a part answers: an HTTP probe has to return 200, a TCP probe has to connect. */
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { ReadinessProbe } from './part.ts';

const PROBE_TIMEOUT_MS = 1000;
const PAUSE_MS = 50;

/**
 * Probes until the part is ready; false once `signal` aborts, which is what bounds the wait.
 */
export async function waitUntilReady(probe: ReadinessProbe, signal: AbortSignal): Promise<boolean> {
  while (!signal.aborted) {
    const ready =
      probe.kind === 'http' ? await answersHttp(probe.url) : await accepts(probe.host, probe.port);
    if (ready) return true;
    // An abort ends the pause at once; the loop sees it.
    await pause(PAUSE_MS, undefined, { signal }).catch(() => undefined);
  }
  return false;
}

async function answersHttp(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, {
      signal: AbortSignal.timeout(PROBE_TIMEOUT_MS),
      redirect: 'manual',
      headers: { Connection: 'close' },
    });
    await response.arrayBuffer();
    return response.status === 200;
  } catch {
    // Not listening yet.
    return false;
  }
}

function accepts(host: string, port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = connect({ host, port, timeout: PROBE_TIMEOUT_MS });
  const finish = (ready: boolean): void => {
    socket.destroy();
    resolve(ready);
  };
  socket.on('connect', () => finish(true));
  socket.on('timeout', () => finish(false));
  socket.on('error', () => finish(false));
  return promise;
}
