/**
 * Classes of values: those that the same links look at. A source has one class for members under any name, and one
 * for each name that a selector or an exclusion spells out.
 */
import type { ValueSource } from './collections/value-source.ts';
import type { Link } from './rule.ts';
import type { MemberChoice, Target } from './targets.ts';

/** No link looks at such values. */
export const NO_CLASS = -1;

export interface ScreenedLink {
  readonly link: Link;
  /** Of its value rule. */
  readonly index: number;
}

interface SourceClasses {
  readonly byName: ReadonlyMap<string, number>;
  readonly other: number;
}

export class ClassTable {
  /** By class: the indexes of value rules. */
  readonly members: (readonly number[])[] = [];
  readonly #ids = new Map<string, number>();
  readonly #sources: readonly SourceClasses[];

  constructor(sources: readonly ValueSource[], links: readonly ScreenedLink[]) {
    this.#sources = sources.map((source) => this.#classify(source, links));
  }

  /** @param name of the member, as received */
  classOf(source: number, name: string): number {
    const classes = this.#sources[source]!;
    if (classes.byName.size === 0) return classes.other;
    return classes.byName.get(name.toLowerCase()) ?? classes.other;
  }

  #classify(source: ValueSource, links: readonly ScreenedLink[]): SourceClasses {
    const relevant = links.filter(({ link }) => link.targets.some((target) => isOf(target, source)));
    const names = new Set<string>();
    for (const { link } of relevant) for (const name of spelledNames(link, source)) names.add(name);
    const byName = new Map([...names].map((name) => [name, this.#intern(relevant, source, name)]));
    return { byName, other: this.#intern(relevant, source, null) };
  }

  /** The class of a member by its name; null for names that nobody spells out. */
  #intern(links: readonly ScreenedLink[], source: ValueSource, name: string | null): number {
    const members = links
      .filter(({ link }) => link.targets.some((target) => isOf(target, source) && mayMean(target, name)))
      .map(({ index }) => index);
    if (members.length === 0) return NO_CLASS;
    const key = members.join(',');
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    this.#ids.set(key, this.members.length);
    this.members.push(members);
    return this.members.length - 1;
  }
}

function isOf(target: Target, source: ValueSource): boolean {
  return source.collections.includes(target.collection);
}

function spelledNames({ targets }: Link, source: ValueSource): string[] {
  return targets
    .filter((target) => isOf(target, source))
    .flatMap(({ choice, exclusions }) => [choice, ...exclusions])
    .map((choice) => choice.name)
    .filter((name) => name !== null);
}

/** Whether a target means a member of that name, patterns left open. */
function mayMean({ choice, exclusions }: Target, name: string | null): boolean {
  if (choice.name !== null && choice.name !== name) return false;
  return name === null || !exclusions.some((exclusion) => isName(exclusion, name));
}

function isName(choice: MemberChoice, name: string): boolean {
  return choice.name === name;
}
