/**
 * Looks whether clients can reach the nodes: makes a TCP connection to where each listens, and closes it at once without
 * a word. Bounded: one connection per node at a time, so many a second over all, each for a moment.
 */
import { connect } from 'node:net';

export interface ProbeTarget {
  readonly id: string;
  readonly host: string;
  readonly port: number;
}

/** Whether a connection can be made within `timeoutMs`; never rejects. */
export function probeTcp({ host, port }: ProbeTarget, timeoutMs: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = connect({ host, port });
  const end = (reached: boolean): void => {
    clearTimeout(timer);
    resolve(reached);
    socket.destroy();
  };
  const timer = setTimeout(() => end(false), timeoutMs);
  socket.once('connect', () => end(true));
  socket.on('error', () => end(false));
  return promise;
}
