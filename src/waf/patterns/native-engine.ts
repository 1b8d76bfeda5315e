/**
 * Runs a pattern on the runtime's own RegExp, for patterns and texts of which it is known that this takes little time:
 * nothing can stop it.
 */
import type { Engine, PatternMatch } from './pattern.ts';
import { isNullable, type Node, someNode } from './syntax-tree.ts';
import { translate } from './translate.ts';

export class NativeEngine implements Engine {
  readonly #expression: RegExp;
  readonly #linear: Engine;
  /** Whether the runtime's spans are those of PCRE and RE2. */
  readonly #agrees: boolean;

  /** @param linear finds the places of matches where the runtime finds others */
  constructor(root: Node, linear: Engine) {
    this.#expression = translate(root);
    this.#linear = linear;
    this.#agrees = !differsInSpans(root);
  }

  test(text: string): boolean {
    return this.#expression.test(text);
  }

  exec(text: string): PatternMatch | null {
    if (!this.#agrees) return this.#expression.test(text) ? this.#linear.exec(text) : null;
    const match = this.#expression.exec(text);
    return match === null ? null : toMatch(match);
  }
}

function toMatch(match: RegExpExecArray): PatternMatch {
  const groups: string[] = [];
  for (let index = 0; index < match.length; index += 1) groups.push(match[index] ?? '');
  return { start: match.index, end: match.index + groups[0]!.length, groups };
}

/**
 * Whether the runtime's spans can differ from those of PCRE and RE2: it forgets what groups took whenever a repeat
 * around them begins another round, and gives up rounds that read nothing.
 */
function differsInSpans(root: Node): boolean {
  return someNode(root, (node) => {
    if (node.kind !== 'repeat') return false;
    return isNullable(node.body) || (node.most > 1 && someNode(node.body, (inner) => inner.kind === 'group'));
  });
}
