/**
 * The rules of a load in order, with their chains. Removed rules stay in place until the end, so that a second removal
 * of the same rule finds what it means. Bounded by `RULES_MAX`.
 */
import { actionValue, hasAction } from './action-list.ts';
import type { FaultList } from './fault-list.ts';
import { checkHead, checkLink, idOf, type RuleDraft } from './rule.ts';
import type { MarkerSyntax, RuleSyntax } from './syntax.ts';

/** Rules and markers at most, chained ones counted too. */
export const RULES_MAX = 50_000;

export class RuleList {
  readonly #items: (RuleDraft | MarkerSyntax)[] = [];
  readonly #byId = new Map<number, RuleDraft>();
  readonly #removed = new Set<RuleDraft>();
  readonly #faults: FaultList;
  #openChain: RuleDraft | null = null;
  #count = 0;

  constructor(faults: FaultList) {
    this.#faults = faults;
  }

  /** Adds a rule to the open chain, or as a rule of its own. */
  addRule(rule: RuleDraft): void {
    if (!this.#hasRoom(rule.place.file, rule.place.line)) return;
    const head = this.#openChain;
    if (head === null) {
      checkHead(rule, this.#faults);
      this.#register(rule);
      this.#items.push(rule);
    } else {
      checkLink(rule, this.#faults);
      head.links.push(rule);
    }
    this.#openChain = hasAction(rule.actions, 'chain') ? (head ?? rule) : null;
  }

  addMarker(marker: MarkerSyntax): void {
    this.closeChain();
    if (this.#hasRoom(marker.place.file, marker.place.line)) this.#items.push(marker);
  }

  /** Reports a chain that still waits for a rule: to be called where none can follow. */
  closeChain(): void {
    if (this.#openChain === null) return;
    const last = this.#openChain.links.at(-1) ?? this.#openChain;
    this.#faults.add(
      last.place,
      'The rule has the action "chain", but no rule follows in its file: add one or take "chain" out.',
    );
    this.#openChain = null;
  }

  /** The first rule of its chain with this id, removed or not. */
  findById(id: number): RuleDraft | undefined {
    return this.#byId.get(id);
  }

  /** The first rules of all chains that `accept` takes, removed or not. */
  select(accept: (rule: RuleDraft) => boolean): RuleDraft[] {
    return this.#items.filter((item): item is RuleDraft => item.kind === 'rule' && accept(item));
  }

  remove(rule: RuleDraft): void {
    this.#removed.add(rule);
  }

  /** What is left, after a check that every `skipAfter` has its marker further down. */
  finish(): readonly (RuleSyntax | MarkerSyntax)[] {
    const items = this.#items.filter((item) => item.kind === 'marker' || !this.#removed.has(item));
    const markersBelow = new Set<string>();
    for (const item of items.toReversed()) {
      if (item.kind === 'marker') markersBelow.add(item.name);
      else this.#checkSkip(item, markersBelow);
    }
    return items;
  }

  #checkSkip(rule: RuleDraft, markersBelow: ReadonlySet<string>): void {
    const marker = actionValue(rule.actions, 'skipafter');
    if (marker === null || markersBelow.has(marker)) return;
    this.#faults.add(
      rule.place,
      `No SecMarker "${marker}" follows the rule: correct the name in skipAfter, or add the marker below.`,
    );
  }

  #register(rule: RuleDraft): void {
    const id = idOf(rule);
    if (id === null) return;
    const known = this.#byId.get(id);
    if (known !== undefined && !this.#removed.has(known)) {
      const { file, line } = known.place;
      this.#faults.add(
        rule.place,
        `The id ${id} is taken by the rule in ${file}:${line}: give this one another.`,
      );
    } else {
      this.#byId.set(id, rule);
    }
  }

  #hasRoom(file: string, line: number): boolean {
    this.#count += 1;
    if (this.#count === RULES_MAX + 1) {
      this.#faults.add({ file, line }, `More than ${RULES_MAX} rules: load fewer.`);
    }
    return this.#count <= RULES_MAX;
  }
}
