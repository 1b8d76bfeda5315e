import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { initialLinkState, type LinkEvent, type LinkRules, type LinkState, stepLink } from './link-state.ts';

const RULES: LinkRules = { retryIntervalMs: 10_000, maxRetries: 5, intervalMs: 30_000, maxMissed: 3 };

/** Plays a link by hand: time moves only when told, and randomness takes nothing off a pause unless told. */
class PlayedLink {
  nowMs = 0;
  random = 0;
  state: LinkState = initialLinkState(RULES);
  readonly sent: [string, number][] = [];

  take(event: LinkEvent): void {
    const { state, send } = stepLink(this.state, event, {
      nowMs: this.nowMs,
      random: () => this.random,
      rules: RULES,
    });
    this.state = state;
    if (send !== null) this.sent.push([send, this.nowMs]);
  }

  /** Moves to the moment in which the next message is due, and sends it. */
  proceed(): number {
    assert.notEqual(this.state.next, null);
    const pauseMs = this.state.next!.atMs - this.nowMs;
    this.nowMs = Math.max(this.nowMs, this.state.next!.atMs);
    this.take({ kind: 'tick' });
    return pauseMs;
  }

  register(intervalMs = 30_000): void {
    this.take({ kind: 'start' });
    this.take({ kind: 'registered', intervalMs });
  }

  failBeat(pauseMinMs = 0): void {
    this.take({ kind: 'beat_failed', pauseMinMs });
  }

  answerBeat(): void {
    this.take({ kind: 'beat_answered', impatient: false });
  }
}

function registeredLink(intervalMs?: number): PlayedLink {
  const link = new PlayedLink();
  link.register(intervalMs);
  return link;
}

describe('registering', () => {
  it('begins at once, and the first heartbeat follows at once', () => {
    const link = registeredLink();
    assert.deepEqual(link.sent, [
      ['register', 0],
      ['beat', 0],
    ]);
  });

  it('is tried at a steady pace, then with growing pauses of at most a minute, for ever', () => {
    const link = new PlayedLink();
    link.take({ kind: 'start' });
    const pauses: number[] = [];
    for (let attempt = 0; attempt < 20; attempt += 1) {
      link.take({ kind: 'register_failed', pauseMinMs: 0 });
      pauses.push(link.proceed());
    }
    assert.deepEqual(pauses.slice(0, 5), Array(5).fill(10_000));
    assert.deepEqual(pauses.slice(5, 8), [20_000, 40_000, 60_000]);
    assert.deepEqual(new Set(pauses.slice(8)), new Set([60_000]));
    assert.equal(link.sent.length, 21);
  });

  it('waits as long as the orchestrator asks, but not longer than a minute', () => {
    const link = new PlayedLink();
    link.take({ kind: 'start' });
    link.take({ kind: 'register_failed', pauseMinMs: 25_000 });
    assert.equal(link.proceed(), 25_000);
    link.take({ kind: 'register_failed', pauseMinMs: 3_600_000 });
    assert.equal(link.proceed(), 60_000);
  });
});

describe('heartbeats', () => {
  it('come at the interval that the orchestrator named, a little less at random', () => {
    const link = registeredLink(20_000);
    link.answerBeat();
    assert.equal(link.proceed(), 20_000);
    link.random = 1;
    link.answerBeat();
    assert.equal(link.proceed(), 19_000);
  });

  it('of nodes that came together spread over the interval', () => {
    const places = [0, 0.25, 0.5, 0.75].map((random) => {
      const link = registeredLink();
      link.random = random;
      link.answerBeat();
      return Math.round(link.proceed());
    });
    assert.deepEqual(places, [30_000, 23_250, 16_500, 9750]);
  });

  it('are counted from when they were sent, however long the answer took', () => {
    const link = registeredLink();
    link.nowMs = 8_000;
    link.answerBeat();
    assert.equal(link.proceed(), 22_000);
  });

  it('come every second until the node is active', () => {
    const link = registeredLink();
    link.take({ kind: 'beat_answered', impatient: true });
    assert.equal(link.proceed(), 1000);
  });

  it('come at once when something changed, one after the other', () => {
    const link = registeredLink();
    link.take({ kind: 'hurry' });
    assert.equal(link.sent.length, 2, 'the first heartbeat is still under way');
    link.answerBeat();
    assert.equal(link.sent.length, 3);
    link.answerBeat();
    link.nowMs = 5;
    link.take({ kind: 'hurry' });
    assert.deepEqual(link.sent.at(-1), ['beat', 5]);
  });
});

describe('a lost link', () => {
  it('is one after so many failures in a row, and the first success restores it', () => {
    const link = registeredLink();
    for (const lost of [false, false, true, true]) {
      link.failBeat();
      assert.equal(link.state.lost, lost);
      assert.equal(link.proceed(), 30_000);
    }
    link.answerBeat();
    assert.deepEqual([link.state.lost, link.state.missed], [false, 0]);
  });

  it('is none when a success lies between the failures', () => {
    const link = registeredLink();
    for (let round = 0; round < 5; round += 1) {
      link.failBeat();
      link.proceed();
      link.failBeat();
      link.proceed();
      link.answerBeat();
      link.proceed();
    }
    assert.equal(link.state.lost, false);
  });

  it('goes on beating, at least once a minute', () => {
    const link = registeredLink(3_600_000);
    link.failBeat();
    assert.equal(link.proceed(), 60_000);
  });

  it('is none for a node that was never registered: it is still starting', () => {
    const link = new PlayedLink();
    link.take({ kind: 'start' });
    for (let attempt = 0; attempt < 10; attempt += 1) {
      link.take({ kind: 'register_failed', pauseMinMs: 0 });
      link.proceed();
    }
    assert.deepEqual([link.state.lost, link.state.missed], [false, 0]);
  });
});

describe('an orchestrator that does not know the node', () => {
  it('is registered with again within a second', () => {
    const link = registeredLink();
    link.random = 0.5;
    link.take({ kind: 'beat_unknown' });
    assert.equal(link.proceed(), 500);
    assert.equal(link.sent.at(-1)?.[0], 'register');
    link.take({ kind: 'registered', intervalMs: 30_000 });
    assert.equal(link.sent.at(-1)?.[0], 'beat');
  });

  it('is not flooded when it forgets the node each time', () => {
    const link = registeredLink();
    link.random = 1e-6;
    const pauses: number[] = [];
    for (let round = 0; round < 10; round += 1) {
      link.take({ kind: 'beat_unknown' });
      pauses.push(Math.round(link.proceed()));
      link.take({ kind: 'registered', intervalMs: 30_000 });
    }
    assert.deepEqual(pauses.slice(0, 4), [0, 2000, 4000, 8000]);
    assert.equal(pauses.at(-1), 60_000);
  });

  it('learnt from the poll, lets the heartbeat under way end first', () => {
    const link = registeredLink();
    link.take({ kind: 'poll_unknown' });
    assert.equal(link.sent.length, 2);
    link.take({ kind: 'beat_unknown' });
    assert.deepEqual(link.sent.at(-1), ['register', 0]);
    link.take({ kind: 'poll_unknown' });
    assert.equal(link.sent.length, 3);
  });
});

it('is silent for good once it is stopped', () => {
  const link = registeredLink();
  link.take({ kind: 'stop' });
  const events: LinkEvent[] = [
    { kind: 'start' },
    { kind: 'tick' },
    { kind: 'hurry' },
    { kind: 'beat_unknown' },
    { kind: 'poll_unknown' },
    { kind: 'beat_failed', pauseMinMs: 0 },
  ];
  for (const event of events) link.take(event);
  assert.equal(link.state.next, null);
  assert.equal(link.sent.length, 2);
});
