import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { HELLO_BYTES_MAX, HelloReader, type HelloReading } from './hello-reader.ts';
import {
  extension,
  helloBody,
  helloMessage,
  protocolNames,
  records,
  serverNames,
} from './testing/hello-octets.ts';

const NAME = 'shop.example';

function message(padding = 0): Buffer {
  const extensions = [serverNames(NAME), protocolNames('h2'), extension(21, Buffer.alloc(padding))];
  return helloMessage(helloBody({ extensions }));
}

/** Feeds the octets in pieces and returns the first reading that is not `more`, or the last one. */
function feed(reader: HelloReader, octets: Buffer, pieceLength: (at: number) => number): HelloReading {
  let reading: HelloReading = { kind: 'more' };
  for (let at = 0; at < octets.length && reading.kind === 'more'; ) {
    const end = Math.min(octets.length, at + Math.max(1, pieceLength(at)));
    reading = reader.push(octets.subarray(at, end));
    at = end;
  }
  return reading;
}

describe('reader of ClientHellos', () => {
  it('reads the same from any pieces and records', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 3000 }),
        fc.integer({ min: 1, max: 400 }),
        fc.array(fc.integer({ min: 1, max: 500 }), { minLength: 1, maxLength: 20 }),
        (padding, recordSize, lengths) => {
          const octets = records(message(padding), recordSize);
          const reader = new HelloReader();
          let turn = 0;
          const reading = feed(reader, octets, () => lengths[turn++ % lengths.length]!);
          assert.equal(reading.kind, 'hello');
          assert.equal(reading.kind === 'hello' && reading.hello.serverName, NAME);
          assert.deepEqual(reader.octets(), octets);
        },
      ),
    );
  });

  it('reads a hello of 16 KiB in pieces of one octet', () => {
    const octets = records(message(16_000), 1000);
    const reader = new HelloReader();
    assert.equal(feed(reader, octets, () => 1).kind, 'hello');
    assert.deepEqual(reader.octets(), octets);
  });

  it('keeps what stands behind the hello', () => {
    const octets = Buffer.concat([records(message()), Buffer.from('early data')]);
    for (const size of [octets.length, 50]) {
      const reader = new HelloReader();
      for (let at = 0; at < octets.length; at += size) {
        if (reader.push(octets.subarray(at, at + size)).kind === 'hello') {
          assert.deepEqual(reader.octets(), octets.subarray(0, at + size));
        }
      }
    }
  });

  it('reads a hello in several records whatever comes behind it at once', () => {
    const octets = Buffer.concat([records(message(), 100), Buffer.alloc(2 * HELLO_BYTES_MAX)]);
    for (const size of [octets.length, 100]) {
      assert.equal(feed(new HelloReader(), octets, () => size).kind, 'hello');
    }
  });

  it('refuses what has not ended within its bound, also where the end has come with it', () => {
    const octets = records(message(HELLO_BYTES_MAX - 300), 3);
    for (const size of [octets.length, 1000]) {
      assert.deepEqual(
        feed(new HelloReader(), octets, () => size),
        { kind: 'fault', fault: 'too_large' },
      );
    }
  });

  it('never throws, and takes no more than its bound', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 400 }),
        fc.nat(300),
        fc.nat(255),
        fc.integer({ min: 1, max: 64 }),
        (noise, at, octet, size) => {
          const mutated = records(message(), 100);
          mutated[at % mutated.length] = octet;
          for (const octets of [
            Buffer.from(noise),
            Buffer.concat([Buffer.from([22, 3, 1]), noise]),
            mutated,
          ]) {
            feed(new HelloReader(), octets, () => size);
          }
        },
      ),
    );
  });

  const refused: readonly (readonly [string, Buffer, string])[] = [
    ['plain HTTP', Buffer.from('GET / HTTP/1.1\r\n\r\n'), 'not_tls'],
    ['an alert', Buffer.from([21, 3, 1, 0, 2, 2, 40]), 'not_tls'],
    ['the hello of SSL 2', Buffer.from('802e0100020015', 'hex'), 'not_tls'],
    ['another version of the record', Buffer.from([22, 4, 1, 0, 9]), 'not_tls'],
    ['another message of the handshake', records(Buffer.from([2, 0, 0, 1, 0])), 'not_tls'],
    ['a record that is too long', Buffer.from([22, 3, 1, 0x40, 1]), 'not_tls'],
    ['an empty record', Buffer.from([22, 3, 1, 0, 0]), 'malformed'],
    ['a hello that is too long', records(Buffer.from([1, 0, 0x44, 1, 0])), 'too_large'],
    ['a hello of 16 MiB', records(Buffer.from([1, 255, 255, 255])), 'too_large'],
    ['a broken hello', records(helloMessage(Buffer.alloc(20))), 'malformed'],
  ];
  for (const [what, octets, fault] of refused) {
    it(`refuses ${what}, at once or in pieces of one octet`, () => {
      for (const size of [octets.length, 1]) {
        assert.deepEqual(
          feed(new HelloReader(), octets, () => size),
          { kind: 'fault', fault },
        );
      }
    });
  }

  it('refuses a client that spends many records on few octets', () => {
    const padding = HELLO_BYTES_MAX - 300;
    const octets = records(message(padding), 1);
    assert.deepEqual(
      feed(new HelloReader(), octets, () => 1000),
      { kind: 'fault', fault: 'too_large' },
    );
  });
});
