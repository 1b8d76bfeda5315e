/** A text that a pattern probably matches: one way through it, edges taken for granted. */
import { bytesOf } from '../byte-set.ts';
import type { Node } from '../syntax-tree.ts';

export function likelyMatch(node: Node, random: () => number): string {
  switch (node.kind) {
    case 'bytes': {
      const bytes = bytesOf(node.set);
      const readable = bytes.filter((byte) => byte >= 0x20 && byte < 0x7f);
      const from = readable.length > 0 ? readable : bytes;
      return from.length === 0 ? '' : String.fromCharCode(from[Math.floor(random() * from.length)]!);
    }
    case 'sequence':
      return node.parts.map((part) => likelyMatch(part, random)).join('');
    case 'choice':
      return likelyMatch(node.choices[Math.floor(random() * node.choices.length)]!, random);
    case 'repeat': {
      const rounds = Math.min(node.most, node.least + Math.floor(random() * 2));
      return Array.from({ length: rounds }, () => likelyMatch(node.body, random)).join('');
    }
    case 'group':
      return likelyMatch(node.body, random);
    default:
      return '';
  }
}
