/** Waiting for what becomes true elsewhere, with a deadline that says what was missing. */
import { setTimeout as pause } from 'node:timers/promises';

/** How long anything is waited for: far beyond what a busy machine needs, so that only a fault reaches it. */
export const PATIENCE_MS = 15_000;

const POLL_MS = 10;

/** Reads until the reading is accepted, and returns it. */
export async function until<T>(
  what: string,
  read: () => T | Promise<T>,
  accept: (value: T) => boolean,
  patienceMs: number = PATIENCE_MS,
): Promise<T> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const value = await read();
    if (accept(value)) return value;
    if (performance.now() > deadline) throw new Error(`No ${what} in ${patienceMs} ms; last: ${show(value)}`);
    await pause(POLL_MS);
  }
}

/** The outcome of a promise, or an error that names what did not come in time. */
export async function within<T>(
  what: string,
  promise: Promise<T>,
  patienceMs: number = PATIENCE_MS,
): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`No ${what} in ${patienceMs} ms`)), patienceMs);
  try {
    return await Promise.race([promise, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

function show(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
