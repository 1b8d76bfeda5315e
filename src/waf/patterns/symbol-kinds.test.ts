import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parsePattern } from './parse-pattern.ts';
import { buildProgram, type Program, READ } from './program.ts';
import { SymbolGroups, symbolKinds } from './symbol-kinds.ts';

function programOf(source: string): Program {
  const parsed = parsePattern(source);
  assert.ok(parsed.ok);
  return buildProgram(parsed.value.root, -1);
}

/** All instructions that read, one way each. */
function readers({ operations }: Program): readonly number[] {
  return [...operations.keys()].filter((at) => operations[at] === READ).flatMap((at) => [at, 1]);
}

describe('symbols of one kind', () => {
  it('open the same edges; the end of the text is alone', () => {
    const program = programOf('(?m)\\ba$|[b\\n-]');
    const kinds = symbolKinds(program);
    const kindOf = (character: string): number =>
      kinds.findIndex(({ symbols }) => symbols.includes(program.classOf[character.charCodeAt(0)]!));
    assert.equal(kindOf('a'), kindOf('b'));
    assert.equal(new Set(['a', '-', '\n'].map(kindOf)).size, 3);
    assert.deepEqual(
      kinds.filter(({ isEnd }) => isEnd),
      [{ symbols: [program.classes], isEnd: true }],
    );
  });

  it('are tried once where no member tells them apart', () => {
    const program = programOf('[a-c]x|[b-d]y');
    const groups = new SymbolGroups(program);
    const symbols = Array.from({ length: program.classes }, (_, symbol) => symbol);
    assert.equal(groups.representatives(symbols, []).length, 1);
    const all = groups.representatives(symbols, readers(program)).map(String);
    assert.deepEqual(all, symbols.map(String));
    // Only the first class: what it has, and all the rest.
    const first = readers(program).find(
      (at) => program.accepts[program.arguments[at]! * program.classes + program.classOf[0x61]!] === 1,
    );
    assert.equal(groups.representatives(symbols, [first!, 1]).length, 2);
  });
});
