/**
 * Texts of which every match contains at least one, so that a search for many texts at once can rule patterns out.
 *
 * Method: from the leaves up, each part of the pattern knows all texts that it can match, while these are few
 * (`exact`), and the best set of texts of which every match contains one (`needed`). In a sequence neighbours' exact
 * texts are joined until they become too many; the set that ordinary traffic hits most rarely wins. Everything is in
 * lower case, edges and the borders of words are left out of account: both only make matches rarer.
 */
import { expectedHits } from './byte-frequency.ts';
import { bytesOf, foldCase } from './byte-set.ts';
import { type Node, type RepeatNode, sequenceOf } from './syntax-tree.ts';

const MAXIMUM_LITERALS = 256;
/** A class of more bytes than this, both cases counted once, is not joined with its neighbours. */
const MAXIMUM_CLASS = 16;
/** A set that nearly every value hits somewhere is of no use. */
const MAXIMUM_WEIGHT = 0.5;
const MAXIMUM_LENGTH = 24;
/** What a literal costs however rare it is: room in the automaton that looks for all of them. */
const LEAST_HITS = 1e-7;

interface Knowledge {
  /** All texts that the part matches, in lower case; null where they are too many. */
  readonly exact: readonly string[] | null;
  /** Every match of the part contains one of these; null where nothing is known. */
  readonly needed: readonly string[] | null;
}

const NOTHING: Knowledge = { exact: null, needed: null };

/** Without doubles, in no order; null where nothing can be said; empty where nothing ever matches. */
export function neededLiterals(root: Node): readonly string[] | null {
  const { exact, needed } = know(root);
  const best = better(exact === null ? null : usable(exact), needed);
  return best === null || weight(best) > MAXIMUM_WEIGHT ? null : withoutLonger(best);
}

function know(node: Node): Knowledge {
  switch (node.kind) {
    case 'empty':
    case 'edge':
      return { exact: [''], needed: null };
    case 'bytes': {
      const texts = lowerCaseOf(node);
      return texts.length > MAXIMUM_CLASS ? { exact: null, needed: texts } : { exact: texts, needed: null };
    }
    case 'group':
      return know(node.body);
    case 'sequence':
      return knowSequence(node.parts);
    case 'choice':
      return knowChoice(node.choices);
    case 'repeat':
      return knowRepeat(node);
  }
}

function lowerCaseOf(node: Node & { readonly kind: 'bytes' }): string[] {
  const upper = (byte: number): boolean => byte >= 0x41 && byte <= 0x5a;
  return bytesOf(foldCase(node.set))
    .filter((byte) => !upper(byte))
    .map((byte) => String.fromCharCode(byte));
}

function knowSequence(parts: readonly Node[]): Knowledge {
  // The texts of the neighbours so far, as long as all of them are known.
  let run: readonly string[] = [''];
  let complete = true;
  let best: readonly string[] | null = null;
  for (const part of parts) {
    for (const { exact, needed } of stretch(part)) {
      best = better(best, needed);
      const joined = exact === null ? null : join(run, exact);
      if (joined !== null) {
        run = joined;
        continue;
      }
      complete = false;
      best = better(best, usable(run));
      run = exact ?? [''];
    }
  }
  if (complete) return { exact: run, needed: best };
  return { exact: null, needed: better(best, usable(run)) };
}

/** A part as the pieces that its neighbours can join: `x+` is one x, a gap, and one x again. */
function stretch(part: Node): readonly Knowledge[] {
  const body = part.kind === 'group' ? part.body : part;
  if (body.kind !== 'repeat' || body.most === body.least || body.least === 0) return [know(part)];
  const fixed = know({ ...body, most: body.least });
  return fixed.exact === null ? [know(part)] : [fixed, NOTHING, fixed];
}

function knowChoice(choices: readonly Node[]): Knowledge {
  let exact: Set<string> | null = new Set();
  let needed: Set<string> | null = new Set();
  for (const choice of choices) {
    const known = know(choice);
    if (exact !== null && known.exact !== null) for (const text of known.exact) exact.add(text);
    else exact = null;
    const literals: readonly string[] | null = better(
      known.exact === null ? null : usable(known.exact),
      known.needed,
    );
    if (needed !== null && literals !== null) for (const text of literals) needed.add(text);
    else needed = null;
  }
  if (exact !== null && exact.size > MAXIMUM_LITERALS) exact = null;
  return { exact: exact === null ? null : [...exact], needed: needed === null ? null : shorten(needed) };
}

/** Beginnings of the texts where they are too many: shorter ones coincide, and say less. */
function shorten(texts: ReadonlySet<string>): readonly string[] | null {
  if (texts.size <= MAXIMUM_LITERALS) return [...texts];
  for (let length = 5; length > 1; length -= 1) {
    const beginnings = new Set(Array.from(texts, (text) => text.slice(0, length)));
    if (beginnings.size <= MAXIMUM_LITERALS) return [...beginnings];
  }
  return null;
}

function knowRepeat({ body, least, most }: RepeatNode): Knowledge {
  if (most === 0) return { exact: [''], needed: null };
  const once = know(body);
  if (least === 0) {
    if (most > 1 || once.exact === null) return NOTHING;
    return { exact: [...new Set(['', ...once.exact])], needed: null };
  }
  if (least === 1 && most === 1) return once;
  // A few copies joined; more than that make no better literals.
  const copies: Node = sequenceOf(new Array<Node>(Math.min(least, MAXIMUM_LENGTH)).fill(body));
  const joined = least === 1 ? once : know(copies);
  const isExact = most === least && least <= MAXIMUM_LENGTH;
  if (isExact && joined.exact !== null) return joined;
  return { exact: null, needed: better(joined.exact === null ? null : usable(joined.exact), joined.needed) };
}

/** Every text of the one followed by every text of the other; null where these are too many or too long. */
function join(heads: readonly string[], tails: readonly string[]): readonly string[] | null {
  if (heads.length * tails.length > MAXIMUM_LITERALS) return null;
  const joined = new Set<string>();
  for (const head of heads) {
    for (const tail of tails) {
      if (head.length + tail.length > MAXIMUM_LENGTH) return null;
      joined.add(head + tail);
    }
  }
  return [...joined];
}

/** The texts, if they say something: with the empty text among them, everything contains one. */
function usable(texts: readonly string[]): readonly string[] | null {
  return texts.includes('') ? null : texts;
}

function better(one: readonly string[] | null, other: readonly string[] | null): readonly string[] | null {
  if (one === null || other === null) return one ?? other;
  return weight(one) <= weight(other) ? one : other;
}

function weight(texts: readonly string[]): number {
  let sum = 0;
  for (const text of texts) sum += Math.max(expectedHits(text), LEAST_HITS);
  return sum;
}

/** Without texts that contain another of them. */
function withoutLonger(texts: readonly string[]): readonly string[] {
  const kept: string[] = [];
  for (const text of [...new Set(texts)].sort((one, other) => one.length - other.length)) {
    if (!kept.some((shorter) => text.includes(shorter))) kept.push(text);
  }
  return kept;
}
