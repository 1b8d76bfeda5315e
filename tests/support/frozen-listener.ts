/**
 * A listener whose process is stopped and whose queue of connections is full: the kernel drops what else wants to
 * connect, as a host does that is gone.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { connect, type Socket } from 'node:net';
import { within } from './until.ts';

const PROGRAM = `require('node:net').createServer().listen({ host: '127.0.0.1', port: 0, backlog: 1 }, function () {
  console.log(this.address().port);
});`;

/** More than the queue holds: one of the runtimes makes it 512 long, whatever it is asked for. */
const FILLERS = 540;

export class FrozenListener {
  readonly port: number;
  readonly #child: ChildProcess;
  readonly #fillers: readonly Socket[];

  private constructor(port: number, child: ChildProcess) {
    this.port = port;
    this.#child = child;
    this.#fillers = Array.from({ length: FILLERS }, () => {
      const socket = connect({ host: '127.0.0.1', port });
      socket.on('error', () => undefined);
      return socket;
    });
  }

  static async start(): Promise<FrozenListener> {
    const child = spawn(process.execPath, ['-e', PROGRAM], { stdio: ['ignore', 'pipe', 'inherit'] });
    const port = Promise.withResolvers<number>();
    child.stdout.on('data', (text: Buffer) => port.resolve(Number(text.toString())));
    const known = await within('port of the listener', port.promise);
    child.kill('SIGSTOP');
    return new FrozenListener(known, child);
  }

  kill(): void {
    for (const filler of this.#fillers) filler.destroy();
    this.#child.kill('SIGKILL');
  }
}
