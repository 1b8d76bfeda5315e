import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ManualClock } from '../../core/clock.ts';
import { createAddressWords } from '../../core/ip.ts';
import { TurnClock } from '../turn-clock.ts';
import { Origin } from './origin.ts';
import type { OriginClient, OriginWish } from './origin-client.ts';
import { originOf, policyOf } from './testing/policies.ts';

const PLACES = 10;
const CLIENT = { key: createAddressWords(), exempt: false };

describe('an origin', () => {
  it('is taken neither for fast nor for slowed down because it failed fast', () => {
    const source = new ManualClock();
    const clock = new TurnClock(source);
    const concurrency = { min: 1, max: PLACES, adaptive: true };
    const policy = { ...originOf(1), connectionsMax: PLACES, concurrency };
    const origin = new Origin(policy, {
      clock,
      policy: { ...policyOf([policy]), balance: 'latency' },
      random: () => 0,
      mayEject: () => false,
      onRoom: () => undefined,
      onConnectFailed: () => undefined,
      onHealthChange: () => undefined,
      onUnexpected: assert.fail,
    });
    const answerOften = (status: number, latencyMs: number): void => {
      for (let answers = 0; answers < 20; answers++) origin.onAnswer(status, latencyMs);
      source.advanceMs(600);
      clock.tick();
      origin.sweep(clock.nowMs());
    };
    answerOften(503, 1);
    origin.weigh(clock.nowMs());
    assert.equal(origin.latencyMs, 0);
    for (let windows = 0; windows < 10; windows++) answerOften(200, 120);
    const check = { client: CLIENT } as OriginClient;
    const wish = { priority: 3 } as OriginWish;
    for (let active = 0; active < PLACES - 1; active++) origin.onStreamBegun(check, wish);
    assert.equal(origin.look(check, 3), 'fits');
  });
});
