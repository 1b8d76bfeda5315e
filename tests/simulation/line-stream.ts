/** The channel of a node over a link: one connection that keeps its order, for as long as both ends and the way stand. */
import type { LineCall } from '../../src/mitigation/control/orchestrator-transport.ts';
import type { Pipe } from './link.ts';
import { makeRequest, type Server } from './server.ts';
import type { TransportParts } from './transport.ts';

/** Opens the stream and reads it to its end; resolves with why it ended. */
export function streamLines(call: LineCall, parts: TransportParts): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const { link, life, trace, name } = parts;
  const leaving = new AbortController();
  const pipe = link.openPipe('down');
  let over = false;
  const end = (fault: string): void => {
    if (over) return;
    over = true;
    cancelSilence();
    forget();
    call.signal.removeEventListener('abort', giveUp);
    pipe.close();
    link.sendSurely('up', () => leaving.abort());
    if (!life.alive) return;
    trace.note(name, `channel ended: ${fault}`);
    resolve(fault);
  };
  const giveUp = (): void => end('given up');
  const watchSilence = (): (() => void) =>
    life.after(call.silenceMaxMs, () => end(`nothing came for ${call.silenceMaxMs / 1000} seconds`));
  let cancelSilence = watchSilence();
  const hear = (text: string): void => {
    if (over || !life.alive) return;
    cancelSilence();
    cancelSilence = watchSilence();
    for (const line of parts.mangle(text.split('\n').filter((part) => part !== ''))) {
      trace.note(name, `reads ${summaryOf(line)}`);
      const fault = call.onLine(line);
      if (fault === null) continue;
      end(fault);
      return;
    }
  };
  const forget = life.onEnd(() => end('the process ended'));
  call.signal.addEventListener('abort', giveUp, { once: true });
  if (call.signal.aborted) giveUp();
  link.send('up', () => {
    if (!over) void serve(call, parts, { pipe, signal: leaving.signal, hear, end });
  });
  return promise;
}

interface ServedStream {
  readonly pipe: Pipe;
  readonly signal: AbortSignal;
  readonly hear: (text: string) => void;
  readonly end: (fault: string) => void;
}

async function serve(call: LineCall, parts: TransportParts, stream: ServedStream): Promise<void> {
  const { link, findServer, name, tap } = parts;
  const { pipe, signal, end } = stream;
  const server = findServer();
  if (server === null) {
    link.send('down', () => end('connection refused'));
    return;
  }
  server.life.onEnd(() => {
    pipe.close();
    link.sendSurely('down', () => end('connection reset'));
  });
  tap.arrived(name, { method: 'GET', path: call.path });
  const response = await server.fetch(makeRequest({ method: 'GET', path: call.path }, signal));
  if (!server.life.alive) return;
  if (response.status !== 200 || response.body === null) {
    pipe.send(() => end(`the orchestrator answered ${response.status}`));
    return;
  }
  pipe.send(call.onOpen);
  await pump(response.body, server, stream);
}

/** Hands on what the orchestrator writes; it is asked for more when the last has arrived. */
async function pump(
  body: ReadableStream<Uint8Array>,
  server: Server,
  { pipe, signal, hear, end }: ServedStream,
): Promise<void> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  for (;;) {
    const { done, value } = await reader.read();
    if (!server.life.alive || signal.aborted) return;
    if (done) {
      pipe.send(() => end('the orchestrator has closed the stream'));
      return;
    }
    const text = decoder.decode(value);
    const arrived = Promise.withResolvers<void>();
    pipe.send(() => {
      hear(text);
      arrived.resolve();
    });
    await arrived.promise;
    if (!server.life.alive || signal.aborted) return;
  }
}

/** What the trace tells of a line. */
function summaryOf(line: string): string {
  const { kind, seq = '', order = null } = JSON.parse(line) as Readonly<Record<string, unknown>>;
  return `${kind} ${seq} ${order === null ? '' : JSON.stringify(order)}`.trimEnd();
}
