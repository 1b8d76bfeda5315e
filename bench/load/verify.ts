/** Checks that a program does its duty before it is timed: status, length of the body, TLS version. */
import { readFileSync } from 'node:fs';
import { get } from 'node:https';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { TLSSocket } from 'node:tls';
import { BODIES, type BodyName } from './bodies.ts';

const REQUEST_TIMEOUT_MS = 5000;
const START_TIMEOUT_MS = 20_000;
const PAUSE_MS = 50;

/** Waits until the port takes connections; false when it does not within the time a start may take. */
export async function waitForPort(port: number): Promise<boolean> {
  const deadlineMs = performance.now() + START_TIMEOUT_MS;
  while (performance.now() < deadlineMs) {
    if (await accepts(port)) return true;
    await pause(PAUSE_MS);
  }
  return false;
}

function accepts(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = connect(port, '127.0.0.1');
  socket.on('connect', () => {
    socket.destroy();
    resolve(true);
  });
  socket.on('error', () => resolve(false));
  return promise;
}

/** What is wrong with the answer to a request for one of the bodies, or null. */
export async function checkAnswer(port: number, body: BodyName, certificate: string): Promise<string | null> {
  const { path, bytes } = BODIES[body];
  try {
    const answer = await request(port, path, certificate);
    if (answer.status !== 200) return `answers ${path} with ${answer.status}`;
    if (answer.bytes !== bytes) return `answers ${path} with ${answer.bytes} bytes instead of ${bytes}`;
    return answer.protocol === 'TLSv1.3' ? null : `speaks ${answer.protocol}`;
  } catch (error) {
    return `does not answer ${path}: ${error instanceof Error ? error.message : String(error)}`;
  }
}

interface Answer {
  readonly status: number;
  readonly bytes: number;
  readonly protocol: string | null;
}

function request(port: number, path: string, certificate: string): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const options = {
    host: '127.0.0.1',
    port,
    path,
    agent: false,
    ca: readFileSync(certificate),
    timeout: REQUEST_TIMEOUT_MS,
  } as const;
  const outgoing = get(options, (response) => {
    const protocol = (response.socket as TLSSocket).getProtocol();
    let bytes = 0;
    response.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
    });
    response.on('end', () => resolve({ status: response.statusCode ?? 0, bytes, protocol }));
    response.on('error', reject);
  });
  outgoing.on('timeout', () => outgoing.destroy(new Error('no answer in time')));
  outgoing.on('error', reject);
  return promise;
}
