/** A client that sends requests faster than they are answered is held back, however many it has sent. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { requestText } from '../support/messages.ts';
import { Stand } from '../support/stand.ts';
import { until } from '../support/until.ts';

const CLIENTS = 8;
const VOLLEY = Buffer.from(requestText('GET', '/').repeat(5000));
const VOLLEYS_MAX = 200;
const ANSWERS = 300;
const GROWTH_BYTES_MAX = 128 << 20;

it('holds back clients that pipeline far ahead, also while it answers them', async (t) => {
  const stand = await Stand.open({ workers: 1, settings: { logging: { access_log: false } } });
  t.after(() => stand.close());
  await stand.request();
  const before = stand.node.residentBytes();
  const wires = await Promise.all(Array.from({ length: CLIENTS }, () => stand.connect()));
  for (const wire of wires) {
    let volleys = 0;
    const ask = (): void => {
      while (volleys++ < VOLLEYS_MAX && wire.write(VOLLEY));
    };
    wire.socket.on('drain', ask);
    ask();
  }
  for (const wire of wires) {
    await until(
      `${ANSWERS} answers`,
      () => wire.pending.split('HTTP/1.1 200').length - 1,
      (answers) => answers >= ANSWERS,
    );
  }
  const growth = stand.node.residentBytes() - before;
  for (const wire of wires) wire.close();
  assert.ok(growth < GROWTH_BYTES_MAX, `${growth >> 20} MiB`);
});
