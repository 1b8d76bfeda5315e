/** A plain backtracking matcher that counts what it does: what the runtime's own engine does, without its shortcuts. */
import {
  AT_END,
  AT_LINE_END,
  AT_LINE_START,
  AT_START,
  AT_WORD,
  EDGE,
  FORK,
  MATCH,
  NOTE,
  type Program,
  READ,
} from '../program.ts';

/** Instructions tried until the first match or until all are found not to match; stops at `limit`. */
export function countSteps(program: Program, text: string, limit: number): number {
  const { operations, next, arguments: others, accepts, classes, classOf } = program;
  let steps = 0;
  for (let start = 0; start <= text.length; start += 1) {
    // Pairs of instruction and offset, the preferred way on top.
    const stack = [program.start, start];
    while (stack.length > 0) {
      const offset = stack.pop()!;
      const at = stack.pop()!;
      steps += 1;
      if (steps >= limit || operations[at] === MATCH) return steps;
      if (operations[at] === READ) {
        const symbol = classOf[text.charCodeAt(offset)] ?? 0;
        const isRead = offset < text.length && accepts[others[at]! * classes + symbol] === 1;
        if (isRead) stack.push(next[at]!, offset + 1);
      } else if (operations[at] === FORK) {
        stack.push(others[at]!, offset, next[at]!, offset);
      } else if (operations[at] === NOTE || (operations[at] === EDGE && opens(others[at]!, text, offset))) {
        stack.push(next[at]!, offset);
      }
    }
  }
  return steps;
}

function opens(edge: number, text: string, offset: number): boolean {
  const before = text[offset - 1] ?? '';
  const after = text[offset] ?? '';
  if (edge === AT_START) return before === '';
  if (edge === AT_LINE_START) return before === '' || before === '\n';
  if (edge === AT_END) return after === '';
  if (edge === AT_LINE_END) return after === '' || after === '\n';
  return (edge === AT_WORD) === (/\w/.test(before) !== /\w/.test(after));
}
