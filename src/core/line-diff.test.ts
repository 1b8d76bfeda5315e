import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { diffLines, unifiedDiff } from './line-diff.ts';

describe('unifiedDiff', () => {
  it('is empty for equal texts', () => {
    assert.equal(unifiedDiff('a\nb\n', 'a\nb\n'), '');
    assert.equal(unifiedDiff('', ''), '');
  });

  it('shows what was put in and taken out, with the lines around it', () => {
    const before = '1\n2\n3\n4\n5\n6\n7\n8\n9\n';
    const after = '1\n2\n3\n4\nfive\n6\n7\n8\n9\n10\n';
    assert.equal(unifiedDiff(before, after), '@@ -2,8 +2,9 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n 9\n+10\n');
  });

  it('begins from nothing and ends with nothing', () => {
    assert.equal(unifiedDiff('', 'a\n'), '@@ -0,0 +1,1 @@\n+a\n');
    assert.equal(unifiedDiff('a\nb\n', ''), '@@ -1,2 +0,0 @@\n-a\n-b\n');
  });

  it('keeps changes that lie far apart in hunks of their own', () => {
    const lines = Array.from({ length: 30 }, (_, nth) => `line ${nth}`);
    const after = lines.with(2, 'x').with(25, 'y');
    assert.equal(unifiedDiff(lines.join('\n'), after.join('\n')).match(/^@@/gm)?.length, 2);
  });
});

describe('diffLines', () => {
  it('is as short as it can be', () => {
    const edits = diffLines('a\nb\nc\na\nb\nb\na\n', 'c\nb\na\nb\na\nc\n');
    assert.equal(edits.filter(({ kind }) => kind !== 'same').length, 5);
  });

  it('shows texts that have little in common as a whole', () => {
    const many = (name: string): string =>
      Array.from({ length: 5000 }, (_, nth) => `${name}${nth}\n`).join('');
    const edits = diffLines(`same\n${many('a')}`, `same\n${many('b')}`);
    assert.equal(edits.length, 10_001);
    assert.equal(edits[0]?.kind, 'same');
  });
});
