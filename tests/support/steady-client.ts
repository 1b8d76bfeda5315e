/**
 * A client that asks at a fixed rate, whatever the answers do: over connections that it keeps, and over fresh ones.
 * It counts what was answered and remembers every fault, so that a test can ask for none.
 */
import { field, type Response, readResponse, requestText } from './messages.ts';
import type { Wire } from './wire.ts';

export interface SteadyOptions {
  readonly connect: () => Promise<Wire>;
  readonly perSecond: number;
  /** Every so many requests one goes over a connection of its own; 0 for none. */
  readonly freshEvery?: number;
  /** Whether an answer is as it should be. */
  readonly accept?: (response: Response) => boolean;
  /** Whether it is a fault that no connection could be had; where not, it is only counted. */
  readonly mustConnect?: boolean;
  /** Requests under way at once; further ones wait their turn, as those of a browser do. No bound where left out. */
  readonly underWayMax?: number;
  /** Requests that may wait for their turn; one more is a fault, since nobody waits so long. No bound where left out. */
  readonly waitingMax?: number;
  /** Told of each answer: the time since the request was due, all waiting included, in milliseconds. */
  readonly onAnswer?: (response: Response, milliseconds: number, fresh: boolean) => void;
}

export interface SteadyReport {
  /** Requests that were written to a connection. */
  readonly sent: number;
  readonly answered: number;
  /** Requests that found no connection, where that is no fault. */
  readonly refused: number;
  readonly faults: readonly string[];
}

const TICK_MS = 10;

export class SteadyClient {
  readonly #options: SteadyOptions;
  readonly #startMs: number = performance.now();
  readonly #timer: NodeJS.Timeout;
  readonly #idle: Wire[] = [];
  readonly #wires = new Set<Wire>();
  readonly #running = new Set<Promise<void>>();
  readonly #faults: string[] = [];
  #due = 0;
  #sent = 0;
  #answered = 0;
  #refused = 0;
  #asking = 0;
  readonly #turns: (() => void)[] = [];

  constructor(options: SteadyOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.#askDue(), TICK_MS);
    // A test that fails before it stops its client must still end.
    this.#timer.unref();
  }

  /** Answers so far. */
  get answered(): number {
    return this.#answered;
  }

  /** Requests that were written so far. */
  get sent(): number {
    return this.#sent;
  }

  /** Requests that found no connection so far, where that is no fault. */
  get refused(): number {
    return this.#refused;
  }

  /** What went wrong so far. */
  get faults(): readonly string[] {
    return this.#faults;
  }

  /** Requests under way, those that still wait for a connection among them. */
  get underWay(): number {
    return this.#running.size;
  }

  /** Its connections that are open now. */
  get open(): number {
    for (const wire of this.#wires) if (wire.ended) this.#wires.delete(wire);
    return this.#wires.size;
  }

  /** Asks no more, waits for what is under way and closes its connections. */
  async stop(): Promise<SteadyReport> {
    clearInterval(this.#timer);
    await Promise.all(this.#running);
    for (const wire of this.#idle) wire.close();
    return { sent: this.#sent, answered: this.#answered, refused: this.#refused, faults: this.#faults };
  }

  #askDue(): void {
    const due = ((performance.now() - this.#startMs) * this.#options.perSecond) / 1000;
    for (; this.#due < due; this.#due++) {
      const { freshEvery = 0 } = this.#options;
      const running = this.#askInTurn(freshEvery > 0 && this.#due % freshEvery === 0);
      this.#running.add(running);
      void running.finally(() => this.#running.delete(running));
    }
  }

  async #askInTurn(fresh: boolean): Promise<void> {
    const dueMs = performance.now();
    const { underWayMax = Number.POSITIVE_INFINITY, waitingMax = Number.POSITIVE_INFINITY } = this.#options;
    if (this.#asking >= underWayMax) {
      if (this.#turns.length >= waitingMax) {
        this.#faults.push('no turn');
        return;
      }
      await new Promise<void>((resolve) => this.#turns.push(resolve));
    }
    this.#asking++;
    await this.#ask(fresh, dueMs);
    this.#asking--;
    this.#turns.shift()?.();
  }

  async #ask(fresh: boolean, dueMs: number): Promise<void> {
    const wire = await this.#wire(fresh);
    if (wire === null) return;
    this.#sent++;
    try {
      wire.write(requestText('GET', '/steady', fresh ? { Connection: 'close' } : {}));
      const response = await readResponse(wire);
      this.#options.onAnswer?.(response, performance.now() - dueMs, fresh);
      if (this.#options.accept?.(response) ?? response.status === 200) this.#answered++;
      else this.#faults.push(`${response.startLine} ${response.body.toString('latin1').slice(0, 200)}`);
      if (fresh || field(response, 'connection') === 'close') wire.close();
      else this.#idle.push(wire);
    } catch (error) {
      this.#faults.push(`${fresh ? 'fresh' : 'kept'}: ${error}`);
      wire.close();
    }
  }

  /** A kept connection that is free and still open, else a new one; null where none can be had. */
  async #wire(fresh: boolean): Promise<Wire | null> {
    while (!fresh && this.#idle.length > 0) {
      const wire = this.#idle.pop()!;
      if (!wire.ended) return wire;
      wire.close();
    }
    try {
      const wire = await this.#options.connect();
      this.#wires.add(wire);
      return wire;
    } catch (error) {
      if (this.#options.mustConnect === false) this.#refused++;
      else this.#faults.push(`connect: ${error}`);
      return null;
    }
  }
}
