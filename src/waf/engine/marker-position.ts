/** Where markers stand among rules. */
import type { MarkerSyntax, RuleSyntax } from '../seclang/syntax.ts';

/** A function that finds the position of the first marker of a name behind a position; -1 where there is none. */
export function findMarkerPosition(
  items: readonly (RuleSyntax | MarkerSyntax)[],
): (name: string, position: number) => number {
  const positions = new Map<string, number[]>();
  for (const [position, item] of items.entries()) {
    if (item.kind !== 'marker') continue;
    const known = positions.get(item.name);
    if (known === undefined) positions.set(item.name, [position]);
    else known.push(position);
  }
  return (name, from) => positions.get(name)?.find((position) => position > from) ?? -1;
}
