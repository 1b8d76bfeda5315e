/**
 * A program, not a module: asks a node as fast as it answers, over many connections with pipelined requests that
 * the node answers itself, until it is killed. A process of its own, so that it does not slow the test down.
 *
 *   flood.ts PORT CONNECTIONS
 */
import { connect } from 'node:tls';

const [port = '0', connections = '1'] = process.argv.slice(2);
const REQUESTS = Buffer.from('OPTIONS * HTTP/1.1\r\nHost: a\r\nMax-Forwards: 0\r\n\r\n'.repeat(200));

for (let index = 0; index < Number(connections); index++) {
  const socket = connect({ host: '127.0.0.1', port: Number(port), rejectUnauthorized: false });
  const ask = (): void => {
    while (socket.writable && socket.write(REQUESTS));
  };
  socket.on('secureConnect', ask);
  socket.on('drain', ask);
  socket.on('error', () => socket.destroy());
  socket.resume();
}
