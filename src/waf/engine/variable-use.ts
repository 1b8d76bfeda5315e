/** Which variables of TX a rule reads and writes. */
import type { Macro } from './macro.ts';
import type { Link, Rule } from './rule.ts';
import type { VariableAssignment } from './set-variable.ts';
import type { MemberChoice } from './targets.ts';
import type { VariableTable } from './variable-table.ts';

/** Variables that a set of rules touches: by slot, by a choice of names, or by how a name begins. */
export class VariableUse {
  readonly #table: VariableTable;
  readonly slots = new Set<number>();
  readonly #choices: MemberChoice[] = [];
  readonly #prefixes: string[] = [];

  constructor(table: VariableTable) {
    this.#table = table;
  }

  addReads(rule: Rule): void {
    for (const link of rule.links) this.#addLink(link);
    const { message, data, tags } = rule.report;
    for (const macro of [message, data, ...tags]) this.#addMacro(macro);
    if (rule.outcome.disruption.kind === 'redirect') this.#addMacro(rule.outcome.disruption.location);
  }

  addWrites(rule: Rule): void {
    for (const { assignments } of rule.links) {
      for (const assignment of assignments) {
        if (assignment.slot === -1) this.#prefixes.push(namePrefix(assignment));
        else this.slots.add(assignment.slot);
      }
    }
  }

  /** @param name in lower case */
  touches(name: string): boolean {
    const slot = this.#table.find(name);
    if (slot !== -1 && this.slots.has(slot)) return true;
    if (this.#prefixes.some((prefix) => name.startsWith(prefix))) return true;
    return this.#choices.some(({ pattern }) => pattern === null || pattern.test(name));
  }

  #addLink({ targets, operator, assignments }: Link): void {
    for (const { collection, choice, slot } of targets) {
      if (slot !== -1) this.slots.add(slot);
      else if (collection.kind === 'variables') this.#choices.push(choice);
    }
    if (operator !== null) this.#addMacro(operator.argument);
    for (const { name, value } of assignments) {
      this.#addMacro(name);
      this.#addMacro(value);
    }
  }

  #addMacro({ parts }: Macro): void {
    for (const part of parts) if (part.kind === 'variable') this.slots.add(part.slot);
  }
}

/** How the name of a variable begins that is made at run time. */
export function namePrefix({ name }: VariableAssignment): string {
  const [first] = name.parts;
  return first?.kind === 'text' ? first.text.toLowerCase() : '';
}
