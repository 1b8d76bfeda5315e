/**
 * A lock in one shared word, for critical sections of a few dozen instructions that never throw.
 *
 * The word holds 0 or the token of its owner. A waiter spins for a moment and then sleeps a millisecond at a time,
 * so that an owner that lost its core gets it back. An owner can also be gone for good: a thread that is
 * terminated from outside leaves its locks behind. After a thousand sleeps, far longer than a live thread can
 * be kept from so short a section, the waiter takes the lock over; a late release by the former owner then does
 * nothing. Sleeps are counted, not time, so a machine that was suspended is not mistaken for a dead thread.
 */
const SPINS = 200;
const SLEEPS = 1000;
const SLEEP_MS = 1;

/** Takes the lock `words[at]` in the name of `token`: not 0, another one for each thread. */
export function acquireLock(words: Int32Array, at: number, token: number): void {
  if (Atomics.compareExchange(words, at, 0, token) !== 0) awaitLock(words, at, token);
}

/** Gives the lock back; nothing happens where another thread has taken it over. */
export function releaseLock(words: Int32Array, at: number, token: number): void {
  Atomics.compareExchange(words, at, token, 0);
}

function awaitLock(words: Int32Array, at: number, token: number): void {
  let owner = 0;
  let sleeps = 0;
  for (;;) {
    for (let spin = 0; spin < SPINS; spin++) {
      if (Atomics.load(words, at) === 0 && Atomics.compareExchange(words, at, 0, token) === 0) return;
    }
    const current = Atomics.load(words, at);
    if (current === 0) continue;
    if (current !== owner) {
      owner = current;
      sleeps = 0;
    } else if (sleeps++ === SLEEPS && Atomics.compareExchange(words, at, owner, token) === owner) {
      return;
    }
    Atomics.wait(words, at, current, SLEEP_MS);
  }
}
