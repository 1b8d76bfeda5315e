/**
 * Client process: opens TCP connections, one after the other on each of a few lanes, for as long as asked.
 *
 *   arguments: port, milliseconds.  Prints `{ connections, answered }`: how many were opened and how many of them
 *   brought bytes, which a refused connection must not.
 */
import { connect } from 'node:net';

const LANES = 16;

const [port = 0, milliseconds = 0] = process.argv.slice(2, 4).map(Number);
const deadlineMs = performance.now() + milliseconds;
let connections = 0;
let answered = 0;

await Promise.all(Array.from({ length: LANES }, runLane));
process.stdout.write(`${JSON.stringify({ connections, answered })}\n`);

async function runLane(): Promise<void> {
  while (performance.now() < deadlineMs) {
    await openOnce();
    connections += 1;
  }
}

/** Resolves once the other side has closed. */
function openOnce(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const socket = connect(port, '127.0.0.1');
  socket.on('data', () => {
    answered += 1;
    socket.destroy();
  });
  socket.on('error', () => undefined);
  socket.on('close', () => resolve());
  return promise;
}
