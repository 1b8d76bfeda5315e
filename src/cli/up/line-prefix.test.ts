import assert from 'node:assert/strict';
import { it } from 'node:test';
import { LinePrefix } from './line-prefix.ts';

function collect(...chunks: (string | Buffer)[]): string[] {
  const lines: string[] = [];
  const prefix = new LinePrefix('node | ', (line) => lines.push(line));
  for (const chunk of chunks) prefix.push(Buffer.from(chunk as string));
  prefix.end();
  return lines;
}

it('names each line, however its bytes arrive', () => {
  assert.deepEqual(collect('on', 'e\ntwo\n\nth', 'ree'), [
    'node | one\n',
    'node | two\n',
    'node | \n',
    'node | three\n',
  ]);
});

it('keeps a character whole that arrives in two pieces', () => {
  const bytes = Buffer.from('grün\n');
  assert.deepEqual(collect(bytes.subarray(0, 3), bytes.subarray(3)), ['node | grün\n']);
});

it('hands on an endless line in bounded pieces', () => {
  const lines = collect('x'.repeat(150_000));
  assert.deepEqual(
    lines.map((line) => line.length - 'node | \n'.length),
    [65_536, 65_536, 18_928],
  );
});
