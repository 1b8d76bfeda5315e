/**
 * Client process: opens TLS connections, sends one request over each, and holds them until its input ends.
 *
 *   arguments: port, connections, path.  Prints `ready N` with the number of answers once all are done.
 */
import { connect, type TLSSocket } from 'node:tls';

/** Handshakes at the same time; more would only wait in the queue of the listener. */
const PARALLEL = 32;

const [port = 0, connections = 0] = process.argv.slice(2, 4).map(Number);
const path = process.argv[4] ?? '/';
const sockets: TLSSocket[] = [];
let opened = 0;
let answered = 0;

process.stdin.on('end', () => process.exit(0));
process.stdin.resume();
await Promise.all(Array.from({ length: PARALLEL }, openNext));
process.stdout.write(`ready ${answered}\n`);

async function openNext(): Promise<void> {
  while (opened < connections) {
    opened += 1;
    if (await open()) answered += 1;
  }
}

function open(): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  // The certificate is the comparison's own; what counts here is memory.
  const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false });
  sockets.push(socket);
  socket.on('error', () => resolve(false));
  socket.on('close', () => resolve(false));
  socket.once('data', () => resolve(true));
  socket.once('secureConnect', () => {
    socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
  });
  return promise;
}
