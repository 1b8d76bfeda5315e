import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CHANNEL_VERSION, channelLine } from '../messages/channel-line.ts';
import { ChannelFollower, type FollowStep } from './channel-follower.ts';

/** What a node makes of lines as they stand on the wire; lines that it cannot read are left out, as its reader does. */
function follow(lines: readonly unknown[]): { readonly steps: readonly FollowStep[]; readonly seq: number } {
  const follower = new ChannelFollower({ ledgerId: 'one', seq: 0 });
  follower.opened();
  const steps = lines.flatMap((line) => {
    const read = channelLine.safeParse(line);
    return read.success ? [follower.take(read.data)] : [];
  });
  return { steps, seq: follower.position.seq };
}

const hello = (version: number) => ({ kind: 'hello', version, ledger: 'one', after: 0, now_ms: 1 });
const entry = (seq: number, prev: number, order: unknown) => ({ kind: 'entry', seq, prev, at_ms: 1, order });
const lifted = { kind: 'ban_lifted', target: '192.0.2.1' };

describe('a node that follows an orchestrator of another version', () => {
  it('goes on where that is one behind or ahead, and not where it is further away', () => {
    for (const version of [CHANNEL_VERSION - 1, CHANNEL_VERSION, CHANNEL_VERSION + 1]) {
      assert.equal(follow([hello(version)]).steps[0]?.kind, 'clock', String(version));
    }
    assert.equal(follow([hello(CHANNEL_VERSION + 2)]).steps[0]?.kind, 'reopen');
  });

  it('passes over orders and lines that it has no word for, without a gap', () => {
    const { steps, seq } = follow([
      hello(CHANNEL_VERSION + 1),
      { kind: 'standing', orders: [{ kind: 'mode', mode: 'normal' }, { kind: 'of tomorrow' }] },
      entry(1, 0, { kind: 'of tomorrow', more: true }),
      { kind: 'line of tomorrow', seq: 1 },
      entry(2, 1, { ...lifted, more: true }),
    ]);
    assert.deepEqual(
      steps.map(({ kind }) => kind),
      ['clock', 'standing', 'entry', 'entry'],
    );
    assert.equal(seq, 2);
    const [, standing, unknown, known] = steps;
    assert.ok(standing?.kind === 'standing' && standing.orders.length === 1);
    assert.ok(unknown?.kind === 'entry' && unknown.line.order === null);
    assert.ok(known?.kind === 'entry' && known.line.order?.kind === 'ban_lifted');
  });

  it('opens the channel anew at a gap', () => {
    const { steps, seq } = follow([hello(CHANNEL_VERSION), entry(1, 0, lifted), entry(3, 2, lifted)]);
    assert.equal(steps.at(-1)?.kind, 'reopen');
    assert.equal(seq, 1);
  });
});
