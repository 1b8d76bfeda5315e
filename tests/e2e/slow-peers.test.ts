/** Peers that are slow: each is ended by its deadline, and an honest client does not notice. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { readResponse, requestText, responseText } from '../support/messages.ts';
import { Stand } from '../support/stand.ts';
import { until } from '../support/until.ts';

it('asks no pace of a body where none is configured', async (t) => {
  const stand = await Stand.open({
    settings: { http: { body_bytes_per_second_min: 0, header_timeout_ms: 500 } },
  });
  t.after(() => stand.close());
  const slow = await stand.connect();
  slow.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n');
  // The node looks at all deadlines in one go: when it has ended the idle connection, it has looked at the body.
  const idle = await stand.connect();
  await idle.untilEnd();
  slow.write('data');
  assert.equal((await readResponse(slow)).status, 200);
});

it('ends a response that the client does not read when the time of the request is over', {
  timeout: 30_000,
}, async (t) => {
  const stand = await Stand.open({ settings: { http: { request_timeout_seconds: 1 } } });
  t.after(() => stand.close());
  stand.origin.respond(() => responseText('a'.repeat(20_000_000)));
  const wire = await stand.connect();
  wire.socket.pause();
  wire.write(requestText('GET', '/'));
  await until(
    'request',
    () => stand.origin.requests.length,
    (count) => count === 1,
  );
  const startMs = performance.now();
  await stand.untilQuiet();
  assert.ok(performance.now() - startMs < 5000);
});
