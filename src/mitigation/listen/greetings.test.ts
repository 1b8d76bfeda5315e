import assert from 'node:assert/strict';
import { it } from 'node:test';
import { type GreetingEnd, Greetings } from './greetings.ts';
import { createDoorParts, createRawSocket } from './testing/door-parts.ts';

it('an error behind the first octets costs the connection, and nothing of what it held stays taken', async () => {
  const parts = createDoorParts(false);
  const failure = new Error('of the test');
  const end: GreetingEnd = {
    speaksHttp2: true,
    judgeHello: () => assert.fail('there is no TLS'),
    helloAccepted: () => assert.fail('there is no TLS'),
    plainReady: () => {
      throw failure;
    },
  };
  const greetings = new Greetings(parts.context, parts.admission, false, end);
  const ticket = parts.admission.admit('192.0.2.1');
  assert.ok(typeof ticket !== 'string');
  const raw = createRawSocket(4711);
  const closed = new Promise((resolve) => raw.once('close', resolve));
  greetings.start(raw, ticket);
  raw.write('GET / HTTP/1.1\r\n');
  await closed;
  assert.deepEqual(parts.told, [failure]);
  assert.equal(greetings.size, 0);
  assert.equal(parts.counts.connections.value(), 0);
});
