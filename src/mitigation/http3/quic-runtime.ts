/**
 * The one place that knows whether the runtime has QUIC. Bun does; Node has it only in builds of one's own, where it
 * is the same interface, but another library behind it, with which nothing here was tried.
 */
import { isBuiltin } from 'node:module';
import process from 'node:process';

export type Quic = typeof import('node:quic');

/** Whether HTTP/3 can be served; costs nothing. */
export function hasQuic(): boolean {
  return isBuiltin('node:quic');
}

/** The library, loaded when it is first asked for; null where the runtime has none. */
export function loadQuic(): Quic | null {
  if (!hasQuic()) return null;
  return (process.getBuiltinModule('node:quic') as Quic | undefined) ?? null;
}

/** What the operator is told who wants HTTP/3 where there is none, or null. */
export function missingQuic(wanted: boolean): string | null {
  if (!wanted || hasQuic()) return null;
  return 'http3.enabled has no effect: this runtime has no HTTP/3, so the node serves and announces HTTP/1.1 and HTTP/2 only';
}
