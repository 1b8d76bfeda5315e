/** Connects once and says what came of it: `connected`, `refused`, or `silence` after a second. */
import { connect } from 'node:net';

const [host, port, localAddress] = process.argv.slice(2);
const socket = connect({ host, port: Number(port), localAddress });

function end(word) {
  console.log(word);
  process.exit(0);
}

socket.on('connect', () => end('connected'));
socket.on('error', () => end('refused'));
setTimeout(() => end('silence'), 1000);
