import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { multipartBoundary, visitMultipart } from './multipart.ts';

function read(lines: readonly string[], lineEnd = '\r\n'): { names: string[]; contents: string[] } {
  const names: string[] = [];
  const contents: string[] = [];
  visitMultipart(lines.join(lineEnd), 'b', {
    name: (text) => names.push(text),
    content: (text) => contents.push(text),
  });
  return { names, contents };
}

const FIELD = 'Content-Disposition: form-data; name="field"';
const FILE = 'Content-Disposition: form-data; name="file"; filename="a.html"';

describe('multipartBoundary', () => {
  it('reads quoted and plain boundaries', () => {
    assert.equal(multipartBoundary('multipart/form-data; boundary=aB-c'), 'aB-c');
    assert.equal(multipartBoundary('multipart/form-data; charset=x; Boundary="a b;c"'), 'a b;c');
    assert.equal(multipartBoundary('multipart/form-data'), null);
  });
});

describe('visitMultipart', () => {
  for (const lineEnd of ['\r\n', '\n']) {
    it(`reads fields and the names of files, lines ending with ${JSON.stringify(lineEnd)}`, () => {
      const body = ['--b', FIELD, '', 'one', 'two', '--b', FILE, '', 'content', '--b--', ''];
      assert.deepEqual(read(body, lineEnd), {
        names: ['field', 'file', 'a.html'],
        contents: [`one${lineEnd}two`],
      });
    });
  }

  const doubtful: readonly (readonly [string, string])[] = [
    ['an empty file name', `${FIELD}; filename=""`],
    ['two file names', `${FILE}; filename="b"`],
    ['a file name without quotation marks', `${FIELD}; filename=a`],
    ['an extended file name', `${FIELD}; filename*=utf-8''a`],
    ['an open quotation mark', `${FIELD}; filename="a`],
  ];
  for (const [title, header] of doubtful) {
    it(`reads the content of a part with ${title}`, () => {
      assert.deepEqual(read(['--b', header, '', 'content', '--b--']).contents, ['content']);
    });
  }

  it('reads what stands before the first boundary, and a part without an end', () => {
    assert.deepEqual(read(['early', '--b', FIELD, '', 'late']).contents, ['early\r\n', 'late']);
  });

  it('takes the boundary at the beginning of a line only', () => {
    assert.deepEqual(read(['--b', FIELD, '', 'x --b y', '--b--']).contents, ['x --b y']);
  });

  it('reads a body without any boundary as one text', () => {
    assert.deepEqual(read(['a=b']).contents, ['a=b']);
  });
});
