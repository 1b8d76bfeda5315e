/**
 * The way between one caller and the orchestrator, in both directions.
 *
 * Single messages take their time, so one may overtake another; they may be lost, and may come twice. A pipe keeps its
 * order and loses nothing, as TCP does: what is lost is sent again, and while the way is cut everything waits.
 */
import type { Dice } from './dice.ts';
import type { Schedule } from './schedule.ts';

/** Up is towards the orchestrator. */
export type Direction = 'up' | 'down';

export interface LinkQuality {
  readonly delayMinMs: number;
  readonly delayMaxMs: number;
  /** Share of messages that never arrive. */
  readonly lossShare: number;
  /** Share of messages that arrive twice. */
  readonly repeatShare: number;
}

export const GOOD_LINK: LinkQuality = { delayMinMs: 1, delayMaxMs: 20, lossShare: 0, repeatShare: 0 };

/** How long it takes at least until what was lost is sent again. */
const AGAIN_MS = 250;

export class Link {
  readonly #schedule: Schedule;
  readonly #dice: Dice;
  readonly #cut: Record<Direction, boolean> = { up: false, down: false };
  quality: LinkQuality = GOOD_LINK;

  constructor(schedule: Schedule, dice: Dice) {
    this.#schedule = schedule;
    this.#dice = dice;
  }

  cut(up: boolean, down: boolean): void {
    this.#cut.up = up;
    this.#cut.down = down;
  }

  get whole(): boolean {
    return !this.#cut.up && !this.#cut.down;
  }

  /** Sends a message that may be lost, delayed, or delivered twice. */
  send(direction: Direction, deliver: () => void): void {
    const { lossShare, repeatShare } = this.quality;
    const copies = this.#dice.chance(repeatShare) ? 2 : 1;
    for (let copy = 0; copy < copies; copy++) {
      const lost = this.#dice.chance(lossShare);
      this.#schedule.after(this.#delayMs(), () => {
        if (!lost && !this.#cut[direction]) deliver();
      });
    }
  }

  /** Sends what arrives for certain once the way is whole, such as that a connection has ended. */
  sendSurely(direction: Direction, deliver: () => void): void {
    this.openPipe(direction).send(deliver);
  }

  openPipe(direction: Direction): Pipe {
    const isCut = (): boolean => this.#cut[direction];
    const delayMs = (): number => {
      const again = this.#dice.chance(this.quality.lossShare) ? AGAIN_MS : 0;
      return this.#delayMs() + again;
    };
    return new Pipe(this.#schedule, isCut, delayMs);
  }

  #delayMs(): number {
    return this.#dice.between(this.quality.delayMinMs, this.quality.delayMaxMs);
  }
}

export class Pipe {
  readonly #schedule: Schedule;
  readonly #isCut: () => boolean;
  readonly #delayMs: () => number;
  readonly #waiting: (() => void)[] = [];
  #closed = false;
  #busy = false;

  constructor(schedule: Schedule, isCut: () => boolean, delayMs: () => number) {
    this.#schedule = schedule;
    this.#isCut = isCut;
    this.#delayMs = delayMs;
  }

  /** Delivers behind everything that was sent before. */
  send(deliver: () => void): void {
    this.#waiting.push(deliver);
    if (!this.#busy) this.#deliverNext(this.#delayMs());
  }

  /** Delivers nothing any more. */
  close(): void {
    this.#closed = true;
    this.#waiting.length = 0;
  }

  #deliverNext(delayMs: number): void {
    this.#busy = true;
    this.#schedule.after(delayMs, () => {
      if (this.#closed) return;
      if (this.#isCut()) {
        this.#deliverNext(AGAIN_MS);
        return;
      }
      this.#waiting.shift()?.();
      this.#busy = this.#waiting.length > 0;
      if (this.#busy) this.#deliverNext(this.#delayMs());
    });
  }
}
