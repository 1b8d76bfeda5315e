/**
 * Texts that make a pattern work hard: a walk through its automaton that keeps as many attempts going as it can and
 * never lets one of them match. Pieces of the walk, in random order, lead to ever new sets of attempts.
 */
import { BYTES } from '../byte-set.ts';
import type { Program } from '../program.ts';
import { NOTHING_BEFORE, StateSet } from '../state-set.ts';

const WALK_STEPS = 600;
/** What stands before a piece, to see whether they match together. */
const PIECE_CONTEXT = 200;
/** Choices compared at each step. */
const CHOICES = 12;

/** A sequence of numbers from 0 up to 1, the same for the same seed. */
export function seededNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) / 0x100_0000;
  };
}

/** @param matches whether a text matches: pieces that do are left out */
export function hostileText(
  program: Program,
  length: number,
  random: () => number,
  matches: (text: string) => boolean,
): string {
  const walk = longWalk(program, random);
  if (walk === '') return '';
  let text = walk;
  for (let tries = 0; text.length < length && tries < length / 8; tries += 1) {
    const from = Math.floor(random() * walk.length);
    const piece = walk.slice(from, from + 40 + Math.floor(random() * 160));
    if (!matches(text.slice(-PIECE_CONTEXT) + piece)) text += piece;
  }
  return Buffer.from(text.slice(0, length), 'latin1').toString('latin1');
}

function longWalk(program: Program, random: () => number): string {
  const bytes = bytesByClass(program);
  const set = new StateSet(program, 'anywhere');
  set.begin(NOTHING_BEFORE);
  let walk = '';
  for (let step = 0; step < WALK_STEPS; step += 1) {
    const symbol = widest(program, set, random);
    if (symbol === -1) break;
    set.advance(symbol);
    walk += String.fromCharCode(bytes[symbol]!);
  }
  return walk;
}

/** The symbol after which most places are left, roughly; -1 where all lead to a match or nowhere. */
function widest(program: Program, set: StateSet, random: () => number): number {
  const members = set.members.slice(0, set.size);
  const { context } = set;
  let best = -1;
  let most = 0;
  for (let choice = 0; choice < CHOICES; choice += 1) {
    const symbol = Math.floor(random() * program.classes);
    set.load(members, context);
    // A match is noticed with the symbol after it: the end of the text asks for it.
    if (set.advance(symbol) || set.isDead) continue;
    const places = set.size * (0.5 + random());
    const after = { members: set.members.slice(0, set.size), context: set.context };
    const isMatch = set.advance(program.classes);
    set.load(after.members, after.context);
    if (isMatch || places <= most) continue;
    best = symbol;
    most = places;
  }
  set.load(members, context);
  return best;
}

/** One byte of each class, one that can be read if there is one. */
function bytesByClass({ classOf, classes }: Program): number[] {
  const bytes = new Array<number>(classes).fill(0);
  for (let byte = BYTES - 1; byte >= 0; byte -= 1) bytes[classOf[byte]!] = byte;
  for (const readable of 'zZ90 a') bytes[classOf[readable.charCodeAt(0)]!] = readable.charCodeAt(0);
  return bytes;
}
