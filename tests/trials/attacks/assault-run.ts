/**
 * Carries an assault out: a number of connections, each opened anew as soon as it has ended, from the next address.
 *
 * The octets are made beforehand and nothing is read but for its being there, so that one core of attackers keeps one
 * core of a node busy. Connections at once, their life and the whole time are bounded.
 */
import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { TLSSocket } from 'node:tls';
import { openSecure } from '../secure-socket.ts';
import type { Assault, CountedFlood } from './attack.ts';

export interface Target {
  readonly port: number;
  /** The second octet of the addresses that connections come from: 127.BLOCK.x.y. */
  readonly block: number;
}

export interface AssaultReport {
  readonly connections: number;
  /** Connections that the node ended before they stood. */
  readonly refused: number;
  /** Connections that the node ended. */
  readonly closed: number;
  /** Connections that were given up after their whole life. */
  readonly survived: number;
}

/** Where so many connections fail at once, trying again at once would only load the attacker. */
const RETRY_MS = 5;
const SWEEP_MS = 250;

interface Slot {
  socket: Socket | TLSSocket | null;
  openedMs: number;
  stands: boolean;
}

export class AssaultRun {
  readonly #assault: Assault;
  readonly #target: Target;
  readonly #slots: Slot[] = [];
  readonly #timer: NodeJS.Timeout;
  #running = true;
  #connections = 0;
  #refused = 0;
  #closed = 0;
  #survived = 0;

  constructor(assault: Assault, target: Target) {
    this.#assault = assault;
    this.#target = target;
    for (let i = 0; i < assault.connections; i++) {
      const slot: Slot = { socket: null, openedMs: 0, stands: false };
      this.#slots.push(slot);
      this.#open(slot);
    }
    this.#timer = setInterval(() => this.#sweep(), SWEEP_MS);
  }

  stop(): AssaultReport {
    this.#running = false;
    clearInterval(this.#timer);
    for (const { socket } of this.#slots) socket?.destroy();
    return {
      connections: this.#connections,
      refused: this.#refused,
      closed: this.#closed,
      survived: this.#survived,
    };
  }

  #open(slot: Slot): void {
    if (!this.#running) return;
    const { secure, volleys, reads } = this.#assault;
    const turn = this.#connections++;
    const socket = open(this.#target, turn % this.#assault.addresses, secure);
    slot.socket = socket;
    slot.openedMs = performance.now();
    slot.stands = false;
    socket.once(secure === null ? 'connect' : 'secureConnect', () => {
      slot.stands = true;
      if (!reads) socket.pause();
      this.#begin(slot, socket, volleys.length === 0 ? null : volleys[turn % volleys.length]!);
    });
    socket.on('error', () => socket.destroy());
    socket.once('end', () => socket.destroy());
    socket.once('close', () => this.#ended(slot, socket));
    if (reads) socket.on('data', () => this.#assault.manner === 'leave' && this.#leave(slot, socket));
  }

  #begin(slot: Slot, socket: Socket, volley: Buffer | null): void {
    if (volley !== null) socket.write(volley);
    if (this.#assault.manner === 'close') this.#leave(slot, socket);
    if (this.#assault.manner !== 'repeat' || volley === null) return;
    const again = (): void => {
      while (socket.writable && socket.write(volley));
    };
    socket.on('drain', again);
    again();
  }

  /** Ends a connection of its own accord. */
  #leave(slot: Slot, socket: Socket): void {
    if (slot.socket !== socket) return;
    slot.socket = null;
    socket.destroy();
    setImmediate(() => this.#open(slot));
  }

  /** The node has ended a connection; those that were left are no longer the slot's. */
  #ended(slot: Slot, socket: Socket): void {
    if (slot.socket !== socket || !this.#running) return;
    slot.socket = null;
    if (slot.stands) this.#closed++;
    else this.#refused++;
    if (slot.stands) setImmediate(() => this.#open(slot));
    else setTimeout(() => this.#open(slot), RETRY_MS);
  }

  #sweep(): void {
    const nowMs = performance.now();
    for (const slot of this.#slots) {
      if (slot.socket === null || nowMs - slot.openedMs < this.#assault.lifeMs) continue;
      this.#survived++;
      this.#leave(slot, slot.socket);
    }
  }
}

const BATCH = 10;
const BATCH_PAUSE_MS = 8;
const LATE_TURNS = 500;

/**
 * Sends a flood in batches of ten steps, each with time to take effect, until the node closes; at the goal it waits for
 * a node that is slow to read. Returns the number of steps in whole batches, or null where the node took them all.
 */
export async function countFlood(
  { beginning, steps, goal }: CountedFlood,
  target: Target,
): Promise<number | null> {
  const socket = open(target, 0, 'h2');
  const secured = Promise.withResolvers<void>();
  socket.once('secureConnect', () => secured.resolve());
  socket.once('close', () => secured.reject(new Error('No connection to flood')));
  socket.on('error', () => socket.destroy());
  socket.once('end', () => socket.destroy());
  socket.resume();
  await secured.promise;
  socket.write(beginning);
  await pause(BATCH_PAUSE_MS);
  let sent = 0;
  for (const end of [goal, steps.length]) {
    for (; sent < end && !socket.destroyed; sent += BATCH) {
      socket.write(Buffer.concat(steps.slice(sent, sent + BATCH)));
      await pause(BATCH_PAUSE_MS);
    }
    for (let turns = 0; turns < LATE_TURNS && !socket.destroyed; turns++) await pause(BATCH_PAUSE_MS);
  }
  const closed = socket.destroyed;
  socket.destroy();
  return closed ? sent : null;
}

function open({ port, block }: Target, index: number, secure: Assault['secure']): Socket | TLSSocket {
  const from = `127.${block}.${index >> 8}.${index & 255}`;
  if (secure === null) return connect({ host: '127.0.0.1', port, localAddress: from });
  return openSecure({ port, from, protocol: secure });
}
