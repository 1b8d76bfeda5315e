/** An evaluation in lines of text, for people. */
import type { Count, Evaluation } from './evaluation.ts';
import type { Label } from './traffic.ts';

const WORST_SITES = 12;

export function reportLines(label: Label, evaluation: Evaluation): readonly string[] {
  const { total, halves, groups, rules } = evaluation;
  const isAttack = label === 'malicious';
  const rate = isAttack ? 'TPR' : 'TNR';
  const show = (count: Count): string => {
    const right = isAttack ? count.blocked : count.all - count.blocked;
    return `${percent(right, count.all)} (${right} of ${count.all})`;
  };
  const worst = [...groups]
    .filter(([, count]) => isAttack || count.blocked > 0)
    .sort(([, one], [, other]) => other.blocked - one.blocked)
    .slice(0, isAttack ? groups.size : WORST_SITES);
  return [
    `${label}: ${rate} ${show(total)}; halves ${show(halves[0])}, ${show(halves[1])}`,
    ...worst.map(([name, count]) => `  ${name}: ${show(count)}`),
    `  rules, requests matched / matched alone: ${ruleCounts(rules)}`,
  ];
}

function ruleCounts(rules: ReadonlyMap<string, Count>): string {
  return [...rules]
    .sort(([, one], [, other]) => other.all - one.all)
    .map(([id, { all, blocked }]) => `${id} ${all}/${blocked}`)
    .join(', ');
}

function percent(part: number, whole: number): string {
  return whole === 0 ? '-' : ((100 * part) / whole).toFixed(3);
}
