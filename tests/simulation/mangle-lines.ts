/**
 * What no network should do to a stream, though the node is made to bear it: a decision that is dropped, comes twice, or
 * changes places with the next. Whatever opens a channel is left alone: it stands at the beginning, so nothing shows a gap.
 */
import type { Dice } from './dice.ts';

const SHARE = 0.05;

export function mangleLines(lines: readonly string[], dice: Dice): readonly string[] {
  const mangled: string[] = [];
  for (let at = 0; at < lines.length; at++) {
    const [line, next] = [lines[at]!, lines[at + 1]];
    if (!isEntry(line) || !dice.chance(SHARE)) {
      mangled.push(line);
      continue;
    }
    const how = dice.below(3);
    if (how === 1) mangled.push(line, line);
    if (how === 2 && next !== undefined && isEntry(next)) {
      mangled.push(next, line);
      at += 1;
    }
  }
  return mangled;
}

function isEntry(line: string): boolean {
  return line.startsWith('{"kind":"entry"');
}
