/** Clients that begin a request and go no further, at the places where nothing of it can be read yet. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { Stand } from '../support/stand.ts';

for (const [name, octets] of [
  ['nothing', ''],
  ['half of an empty line', '\r'],
  ['an empty line', '\r\n'],
] as const) {
  it(`closes a connection that sends ${name}, without an answer, when the time for a head is over`, async (t) => {
    const stand = await Stand.open({ settings: { http: { header_timeout_ms: 300 } } });
    t.after(() => stand.close());
    const wire = await stand.connect();
    if (octets !== '') wire.write(octets);
    assert.equal((await wire.readToEnd()).length, 0);
    await stand.untilQuiet();
  });
}

it('answers 408 to a head that stops in the middle of a line', async (t) => {
  const stand = await Stand.open({ settings: { http: { header_timeout_ms: 300 } } });
  t.after(() => stand.close());
  const wire = await stand.connect();
  wire.write('GET / HTTP/1.1\r\nHost: a');
  assert.match((await wire.readToEnd()).toString('latin1'), /^HTTP\/1\.1 408 /);
  await stand.untilQuiet();
});
