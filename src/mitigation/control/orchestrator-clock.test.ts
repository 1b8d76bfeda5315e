import assert from 'node:assert/strict';
import { it } from 'node:test';
import { OrchestratorClock } from './orchestrator-clock.ts';

const ORCHESTRATOR_MS = 5_000_000;

/** This machine, whose wall clock can be stepped. */
class Machine {
  #nowMs = 1000;
  #wallAheadMs = 7_000_000;

  nowMs(): number {
    return this.#nowMs;
  }

  wallMs(): number {
    return this.#nowMs + this.#wallAheadMs;
  }

  pass(durationMs: number): void {
    this.#nowMs += durationMs;
  }

  step(byMs: number): void {
    this.#wallAheadMs += byMs;
  }
}

it('reckons by the line that was quickest', () => {
  const machine = new Machine();
  const clock = new OrchestratorClock(machine);
  assert.equal(clock.toOwn(ORCHESTRATOR_MS), ORCHESTRATOR_MS);
  machine.pass(300);
  assert.equal(clock.hear(ORCHESTRATOR_MS), false);
  machine.pass(5000);
  assert.equal(clock.hear(ORCHESTRATOR_MS + 5200), false);
  machine.pass(5000);
  assert.equal(clock.hear(ORCHESTRATOR_MS + 9000), false);
  // Of the three lines the second took the shortest.
  assert.equal(clock.toOwn(ORCHESTRATOR_MS + 5200), machine.wallMs() - 5000);
});

it('goes on when the wall clock of this machine is stepped, and says so once', () => {
  for (const byMs of [3_600_000, -3_600_000]) {
    const machine = new Machine();
    const clock = new OrchestratorClock(machine);
    clock.hear(ORCHESTRATOR_MS);
    machine.step(byMs);
    machine.pass(5000);
    assert.equal(clock.toOwn(ORCHESTRATOR_MS + 5000), machine.wallMs());
    assert.equal(clock.hear(ORCHESTRATOR_MS + 5000), true);
    machine.pass(5000);
    assert.equal(clock.hear(ORCHESTRATOR_MS + 10_000), false);
    assert.equal(clock.toOwn(ORCHESTRATOR_MS + 10_000), machine.wallMs());
  }
});

it('follows the clock of the orchestrator when that is stepped', () => {
  for (const byMs of [3_600_000, -3_600_000]) {
    const machine = new Machine();
    const clock = new OrchestratorClock(machine);
    clock.hear(ORCHESTRATOR_MS);
    machine.pass(5000);
    assert.equal(clock.hear(ORCHESTRATOR_MS + 5000 + byMs), true);
    assert.equal(clock.toOwn(ORCHESTRATOR_MS + 5000 + byMs), machine.wallMs());
  }
});
