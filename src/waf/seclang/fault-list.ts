/** The faults found while loading: all of them up to a cap, so that one look at the list repairs most. */
import type { LoadFault, Place } from './syntax.ts';

/** Faults reported at most; behind so many, more say little. */
export const FAULTS_MAX = 100;

export class FaultList {
  readonly #faults: LoadFault[] = [];

  /** Keeps a fault; of the one beyond the cap only that there is more. */
  add(place: Place, message: string): void {
    if (this.#faults.length < FAULTS_MAX) this.#faults.push({ place, message });
    else if (this.#faults.length === FAULTS_MAX) {
      this.#faults.push({ place, message: 'There are more faults: repair those above, then load again.' });
    }
  }

  /** Whether reading on would tell nothing more. */
  get isFull(): boolean {
    return this.#faults.length > FAULTS_MAX;
  }

  get all(): readonly LoadFault[] {
    return this.#faults;
  }
}
