/** A regular expression as a tree. Case folding and the meaning of `.`, `\s` and the like are already in the sets. */
import type { ByteSet } from './byte-set.ts';

/** Places where the text begins or ends, its lines, or its words. */
export type Edge = 'start' | 'end' | 'line-start' | 'line-end' | 'word' | 'not-word';

export type Node =
  | { readonly kind: 'empty' }
  | { readonly kind: 'bytes'; readonly set: ByteSet }
  | { readonly kind: 'edge'; readonly edge: Edge }
  | { readonly kind: 'sequence'; readonly parts: readonly Node[] }
  /** The first choice that leads to a match wins. */
  | { readonly kind: 'choice'; readonly choices: readonly Node[] }
  | RepeatNode
  /** `index` counts from 1. */
  | { readonly kind: 'group'; readonly index: number; readonly body: Node };

export interface RepeatNode {
  readonly kind: 'repeat';
  readonly body: Node;
  readonly least: number;
  /** Infinity where there is no bound. */
  readonly most: number;
  readonly greedy: boolean;
}

export const EMPTY_NODE: Node = { kind: 'empty' };

export function sequenceOf(parts: readonly Node[]): Node {
  if (parts.length === 0) return EMPTY_NODE;
  return parts.length === 1 ? parts[0]! : { kind: 'sequence', parts };
}

export function choiceOf(choices: readonly Node[]): Node {
  return choices.length === 1 ? choices[0]! : { kind: 'choice', choices };
}

/** Whether the node can match without reading a byte. */
export function isNullable(node: Node): boolean {
  switch (node.kind) {
    case 'empty':
    case 'edge':
      return true;
    case 'bytes':
      return false;
    case 'sequence':
      return node.parts.every(isNullable);
    case 'choice':
      return node.choices.some(isNullable);
    case 'repeat':
      return node.least === 0 || isNullable(node.body);
    case 'group':
      return isNullable(node.body);
  }
}

/** Whether some node of the tree satisfies the condition. */
export function someNode(node: Node, condition: (node: Node) => boolean): boolean {
  if (condition(node)) return true;
  switch (node.kind) {
    case 'sequence':
      return node.parts.some((part) => someNode(part, condition));
    case 'choice':
      return node.choices.some((choice) => someNode(choice, condition));
    case 'repeat':
    case 'group':
      return someNode(node.body, condition);
    default:
      return false;
  }
}
