import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CONFIG_KEYS } from './keys.ts';
import { renderDefaultToml } from './render/default-toml.ts';
import { locateLines } from './toml-lines.ts';

const TEXT = `# head
title = "a # no comment, no = sign"
[one] # [not.this]
plain = 1
"quoted name" = 2
'a.b'.c = 3
long = """
[fake]
plain = 9
\\""" still inside """""
literal = '''
it's ] } here'''
list = [
  "first", # ] comment
  [ 2, 3 ],

  { x = 1, "y z" = "}" },
]
inline = { deep = { deeper = true }, other = [
  1,
] }
after.the.list = 1979-05-27 07:32:00
[[tables]]
name = "last"
[ one . sub ]
key = 1
[[tables]]
[tables.inner]
key = 2
[[tables.deep]]
key = 3
[[tables.deep]]
other.key = 4
[tables.deep.most]
key = 5
`;

describe('locateLines', () => {
  const expected: readonly (readonly [string, number | undefined])[] = [
    ['title', 2],
    ['one', 3],
    ['one.plain', 4],
    ['one."quoted name"', 5],
    ['one."a.b".c', 6],
    ['one.long', 7],
    ['one.literal', 11],
    ['one.list', 13],
    ['one.list[0]', 14],
    ['one.list[1]', 15],
    ['one.list[1][1]', 15],
    ['one.list[2]', 17],
    ['one.list[2].x', 17],
    ['one.inline.deep.deeper', 19],
    ['one.inline.other[0]', 20],
    ['one.after.the', 22],
    ['tables[0].name', 24],
    ['tables[0]', 23],
    ['one.sub', 25],
    ['one.sub.key', 26],
    ['tables[1]', 27],
    ['tables[1].inner', 28],
    ['tables[1].inner.key', 29],
    ['tables[1].deep[0].key', 31],
    ['tables[1].deep[1].other.key', 33],
    ['tables[1].deep[1].most.key', 35],
    ['tables[1].deep[1].absent', 32],
    ['tables[0].deep[0].key', 23],
    ['one.list[7]', 13],
    ['one.sub.absent', 25],
    ['fake', undefined],
    ['nowhere.at.all', undefined],
  ];
  for (const [path, line] of expected) {
    it(`finds ${path} ${line === undefined ? 'nowhere' : `in line ${line}`}`, () => {
      assert.equal(locateLines(TEXT, [path]).get(path), line);
    });
  }

  it('finds every key of the documented defaults', () => {
    const text = renderDefaultToml();
    const lines = text.split('\n');
    const keys = CONFIG_KEYS.filter((key) => key.fallback !== undefined && key.kind !== 'tables');
    const located = locateLines(
      text,
      keys.map((key) => key.path),
    );
    for (const key of keys) {
      const line = located.get(key.path) ?? 0;
      assert.ok(lines[line - 1]?.startsWith(`${key.name} = `), key.path);
      assert.equal(
        lines.slice(0, line).findLast((text) => text.startsWith('[')),
        `[${key.section}]`,
      );
    }
  });
});
