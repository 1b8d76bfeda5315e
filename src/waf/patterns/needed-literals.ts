/**
 * Texts of which every match contains at least one, so that a search for many texts at once can rule patterns out.
 *
 * Method: from the leaves up, each part of the pattern knows all texts that it can match, while these are few
 * (`exact`), and the best set of texts of which every match contains one (`needed`). In a sequence neighbours' exact
 * texts are joined until they become too many; the set that ordinary traffic hits most rarely wins. Everything is in
 * lower case, edges and the borders of words are left out of account: both only make matches rarer.
 */
import { expectedHits } from './byte-frequency.ts';
import { type ByteSet, bytesOf, foldCase } from './byte-set.ts';
import { type Node, type RepeatNode, sequenceOf } from './syntax-tree.ts';

const MAXIMUM_LITERALS = 256;
/** A class of more bytes than this, both cases counted once, is not joined with its neighbours. */
const MAXIMUM_CLASS = 16;
/** A set that nearly every value hits somewhere is of no use. */
const MAXIMUM_WEIGHT = 0.5;
const MAXIMUM_LENGTH = 24;
/** What a literal costs however rare it is: room in the automaton that looks for all of them. */
const LEAST_HITS = 1e-7;

/** Texts of which a part contains one. */
interface Texts {
  readonly texts: readonly string[];
  /** How often ordinary traffic hits them, roughly. */
  readonly weight: number;
}

interface Knowledge {
  /** All texts that the part matches, in lower case and each once; null where they are too many. */
  readonly exact: readonly string[] | null;
  /** Every match of the part contains one of these; null where nothing is known. */
  readonly needed: Texts | null;
}

const NOTHING: Knowledge = { exact: null, needed: null };
const EMPTY: Knowledge = { exact: [''], needed: null };

/** Without doubles, in no order; null where nothing can be said; empty where nothing ever matches. */
export function neededLiterals(root: Node): readonly string[] | null {
  const { exact, needed } = new LiteralFinder().know(root);
  const best = better(usable(exact), needed);
  return best === null || best.weight > MAXIMUM_WEIGHT ? null : withoutLonger(best.texts);
}

class LiteralFinder {
  readonly #sets = new Map<ByteSet, Knowledge>();
  /** Bodies of repeats are asked about several times. */
  readonly #bodies = new Map<Node, Knowledge>();

  know(node: Node): Knowledge {
    switch (node.kind) {
      case 'empty':
      case 'edge':
        return EMPTY;
      case 'bytes':
        return this.#set(node.set);
      case 'group':
        return this.know(node.body);
      case 'sequence':
        return this.#sequence(node.parts);
      case 'choice':
        return this.#choice(node.choices);
      case 'repeat':
        return this.#repeat(node);
    }
  }

  #body(body: Node): Knowledge {
    const known = this.#bodies.get(body) ?? this.know(body);
    this.#bodies.set(body, known);
    return known;
  }

  #set(set: ByteSet): Knowledge {
    const known = this.#sets.get(set);
    if (known !== undefined) return known;
    const texts = lowerCaseOf(set);
    const knowledge =
      texts.length > MAXIMUM_CLASS ? { exact: null, needed: weighed(texts) } : { exact: texts, needed: null };
    this.#sets.set(set, knowledge);
    return knowledge;
  }

  #sequence(parts: readonly Node[]): Knowledge {
    // The texts of the neighbours so far, as long as all of them are known.
    let run: readonly string[] = [''];
    let complete = true;
    let best: Texts | null = null;
    for (const part of parts) {
      for (const { exact, needed } of this.#stretch(part)) {
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
  #stretch(part: Node): readonly Knowledge[] {
    const body = part.kind === 'group' ? part.body : part;
    if (body.kind !== 'repeat' || body.most === body.least || body.least === 0) return [this.know(part)];
    const fixed = this.know({ ...body, most: body.least });
    return fixed.exact === null ? [this.know(part)] : [fixed, NOTHING, fixed];
  }

  #choice(choices: readonly Node[]): Knowledge {
    let exact: Set<string> | null = new Set();
    let needed: Set<string> | null = new Set();
    for (const choice of choices) {
      const known = this.know(choice);
      if (exact !== null && known.exact !== null) for (const text of known.exact) exact.add(text);
      else exact = null;
      const literals = needed === null ? null : better(usable(known.exact), known.needed);
      if (needed !== null && literals !== null) for (const text of literals.texts) needed.add(text);
      else needed = null;
      if (exact === null && needed === null) return NOTHING;
    }
    if (exact !== null && exact.size > MAXIMUM_LITERALS) exact = null;
    return { exact: exact === null ? null : [...exact], needed: needed === null ? null : shorten(needed) };
  }

  #repeat({ body, least, most }: RepeatNode): Knowledge {
    if (most === 0) return EMPTY;
    if (least === 0) {
      const once = most > 1 ? null : this.#body(body).exact;
      return once === null ? NOTHING : { exact: [...new Set(['', ...once])], needed: null };
    }
    // A few copies joined; more than that make no better literals.
    const copies = Math.min(least, MAXIMUM_LENGTH);
    const joined =
      copies === 1 ? this.#body(body) : this.know(sequenceOf(new Array<Node>(copies).fill(body)));
    if (most === least && (joined.exact !== null || least === 1) && least <= MAXIMUM_LENGTH) return joined;
    return { exact: null, needed: better(usable(joined.exact), joined.needed) };
  }
}

function lowerCaseOf(set: ByteSet): string[] {
  const upper = (byte: number): boolean => byte >= 0x41 && byte <= 0x5a;
  return bytesOf(foldCase(set))
    .filter((byte) => !upper(byte))
    .map((byte) => String.fromCharCode(byte));
}

/** Beginnings of the texts where they are too many: shorter ones coincide, and say less. */
function shorten(texts: ReadonlySet<string>): Texts | null {
  if (texts.size <= MAXIMUM_LITERALS) return weighed([...texts]);
  for (let length = 5; length > 1; length -= 1) {
    const beginnings = new Set(Array.from(texts, (text) => text.slice(0, length)));
    if (beginnings.size <= MAXIMUM_LITERALS) return weighed([...beginnings]);
  }
  return null;
}

/** Every text of the one followed by every text of the other; null where these are too many or too long. */
function join(heads: readonly string[], tails: readonly string[]): readonly string[] | null {
  if (heads.length * tails.length > MAXIMUM_LITERALS) return null;
  const joined: string[] = [];
  for (const head of heads) {
    for (const tail of tails) {
      if (head.length + tail.length > MAXIMUM_LENGTH) return null;
      joined.push(head + tail);
    }
  }
  // Only where both have texts of several lengths can the same text be made twice.
  return heads.length === 1 || tails.length === 1 ? joined : [...new Set(joined)];
}

/** The texts, if they say something: with the empty text among them, everything contains one. */
function usable(texts: readonly string[] | null): Texts | null {
  return texts === null || texts.includes('') ? null : weighed(texts);
}

function better(one: Texts | null, other: Texts | null): Texts | null {
  if (one === null || other === null) return one ?? other;
  return one.weight <= other.weight ? one : other;
}

function weighed(texts: readonly string[]): Texts {
  let weight = 0;
  for (const text of texts) weight += Math.max(expectedHits(text), LEAST_HITS);
  return { texts, weight };
}

/** Without texts that contain another of them. */
function withoutLonger(texts: readonly string[]): readonly string[] {
  const kept: string[] = [];
  for (const text of [...new Set(texts)].sort((one, other) => one.length - other.length)) {
    if (!kept.some((shorter) => text.includes(shorter))) kept.push(text);
  }
  return kept;
}
