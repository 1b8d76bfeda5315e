import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { runs } from '../../../tests/support/fuzz.ts';
import { BODY_CHUNKED } from '../../http/framing.ts';
import { octets, readBody } from '../../http/testing/read.ts';
import { chunkOf, LAST_CHUNK } from './chunks.ts';

describe('a chunk (RFC 9112 §7.1)', () => {
  const cases: readonly (readonly [string, string, number, number, boolean, string])[] = [
    ['is a run of data with its size', '', 2, 5, false, '3\r\ncde\r\n'],
    ['has its size in hexadecimal', '', 0, 26, false, '1a\r\nabcdefghijklmnopqrstuvwxyz\r\n'],
    ['stands behind a head', 'HTTP/1.1 200 OK\r\n\r\n', 0, 1, false, 'HTTP/1.1 200 OK\r\n\r\n1\r\na\r\n'],
    ['may be followed by the last one', '', 0, 1, true, '1\r\na\r\n0\r\n\r\n'],
    ['is none for an empty run, which would end the body', '', 3, 3, false, ''],
    ['is the last one alone for an empty run at the end', '', 3, 3, true, '0\r\n\r\n'],
    ['is none behind a head without data', 'head', 3, 3, false, 'head'],
    ['is the last one alone behind a head without data', 'head', 3, 3, true, 'head0\r\n\r\n'],
    ['keeps octets above ASCII in a head', '\xe4', 0, 1, false, '\xe41\r\na\r\n'],
  ];
  const bytes = octets('abcdefghijklmnopqrstuvwxyz');
  for (const [what, head, start, end, last, expected] of cases) {
    it(what, () => assert.equal(chunkOf(head, bytes, start, end, last).toString('latin1'), expected));
  }

  it('of any data decodes to it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 600 }), { maxLength: 8 }),
        fc.boolean(),
        (runsOfData, joined) => {
          const all = runsOfData.map((run) => Buffer.from(run));
          const coded = all.map((run, index) =>
            chunkOf('', run, 0, run.length, joined && index === all.length - 1),
          );
          if (!joined || all.length === 0) coded.push(octets(LAST_CHUNK));
          const reading = readBody(coded, BODY_CHUNKED);
          assert.deepEqual([reading.outcome, reading.data], ['ok', Buffer.concat(all).toString('latin1')]);
        },
      ),
      { numRuns: runs(200) },
    );
  });
});
