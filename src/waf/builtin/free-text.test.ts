import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { endsOfText } from './free-text.ts';

const PROSE = 'nothing but a few words in a row and then some more of them. '.repeat(10);

describe('endsOfText', () => {
  it('gives beginning and end of a long line, cut at blanks', () => {
    const pieces = endsOfText(`first-word ${PROSE}last-word\n`);
    assert.equal(pieces.length, 2);
    assert.match(pieces[0]!, /^first-word nothing .*\S$/);
    assert.match(pieces[1]!, /^\S.* last-word$/);
    for (const piece of pieces) assert.ok(piece.length <= 256 && PROSE.includes(piece.slice(11, -10)));
  });

  it('gives nothing of short texts, several lines and tokens', () => {
    assert.deepEqual(endsOfText('a few words in a row'), []);
    assert.deepEqual(endsOfText(`${PROSE}\n${PROSE}`), []);
    assert.deepEqual(endsOfText('x;`1'.repeat(200)), []);
  });
});
