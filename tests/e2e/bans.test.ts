/** Bans: how they come about, what they do to open connections, and how long they last. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { readResponse, requestText } from '../support/messages.ts';
import { Stand } from '../support/stand.ts';

it('ends a connection that was still in its handshake when its client was banned', async (t) => {
  const stand = await Stand.open();
  t.after(() => stand.close());
  const from = '127.5.0.1';
  const raw = await stand.tcp({ from });
  // Whoever connects later is in: so the first connection has been admitted before the ban.
  await stand.request('GET', '/', {}, '', { from });
  await stand.node.manage('POST', '/api/v1/blacklist', { ip: from, duration_seconds: 60 });
  const outcome = await raw.secure().then(
    async (wire) => {
      wire.write(requestText('GET', '/'));
      return (await readResponse(wire)).status;
    },
    () => 'closed',
  );
  assert.equal(outcome, 'closed');
});
