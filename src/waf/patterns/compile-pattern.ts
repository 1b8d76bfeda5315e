/**
 * Compiles a regular expression of the rule language for texts that somebody hostile may have chosen.
 *
 * The runtime's own RegExp is the faster one on short texts, but it backtracks: it runs only patterns that are proven
 * to take linear time. Everything else runs on automata of our own, with the same meaning. Bound: the size of the
 * automaton, as many instructions as MAXIMUM_PROGRAM.
 */
import { fail, ok, type Result } from '../../core/result.ts';
import { analyseBacktracking } from './analyse-backtracking.ts';
import { LinearEngine } from './linear-engine.ts';
import { neededLiterals } from './needed-literals.ts';
import { type ParsedPattern, parsePattern } from './parse-pattern.ts';
import type { Pattern, PatternMatch } from './pattern.ts';
import { buildProgram, programSize } from './program.ts';
import { isNullable, type Node, someNode } from './syntax-tree.ts';
import { translate } from './translate.ts';

const MAXIMUM_PROGRAM = 30_000;
const LONG_LOOP = 100;

/**
 * @param source in the dialect of parse-pattern.ts, bytes as latin-1 text
 * @returns the pattern, or a sentence that names the construct that is not supported and its offset
 */
export function compilePattern(source: string): Result<Pattern, string> {
  const parsed = parsePattern(source);
  if (!parsed.ok) return parsed;
  const { root } = parsed.value;
  if (programSize(root) > MAXIMUM_PROGRAM) return fail('the pattern is too large, its counts written out');
  const linear = new LinearEngine(parsed.value);
  const needed = neededLiterals(root);
  if (!hasLongLoop(root) && analyseBacktracking(buildProgram(root, -1)) === 'linear')
    return ok(nativePattern(source, parsed.value, linear, needed));
  return ok({
    source,
    needed,
    engine: 'linear',
    test: (text) => linear.test(text),
    exec: (text) => linear.exec(text),
  });
}

function nativePattern(
  source: string,
  { root }: ParsedPattern,
  linear: LinearEngine,
  needed: readonly string[] | null,
): Pattern {
  const expression = translate(root);
  const agrees = !differsInSpans(root);
  return {
    source,
    needed,
    engine: 'native',
    test: (text) => expression.test(text),
    exec(text) {
      if (!agrees) return expression.test(text) ? linear.exec(text) : null;
      const match = expression.exec(text);
      return match === null ? null : toMatch(match);
    },
  };
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

/**
 * Whether there is a long loop around more than one byte: at each round the runtime's engines put something aside,
 * which on long texts is slow, and in the end too much for them.
 */
function hasLongLoop(root: Node): boolean {
  return someNode(
    root,
    (node) => node.kind === 'repeat' && node.most > LONG_LOOP && node.body.kind !== 'bytes',
  );
}
