/** Writes docs/rules.md: the built-in rules with what they look for. */
import { ManualClock } from '../../core/clock.ts';
import { ALL_FAMILIES, createBuiltin } from './builtin-rules.ts';

const HEAD = `<!-- Generated from src/waf/builtin by the docs script; changes here are lost. -->

# Built-in rules

What each rule looks for and what a match adds to the anomaly score. A request is refused from
\`waf.inbound_anomaly_threshold\` on, 5 unless configured; a rule counts once for each request. Where a rule's score is a
range, the weaker evidence adds less. [waf.md](waf.md) tells how texts are read and what the parts of a request are
called.

| Rule | Label | Score | Looks for |
|---|---|---|---|
`;

export function formatRulesDocument(): string {
  const builtin = createBuiltin({
    families: ALL_FAMILIES,
    inspected: { url: true, headers: true, body: true },
    customPatterns: [],
    exceptions: [],
    threshold: 5,
    budgetMs: 20,
    onOverrun: 'refuse',
    clock: new ManualClock(),
    learnsHabits: true,
  });
  if (!builtin.ok) throw new Error(builtin.fault.join('; '));
  const rows = builtin.value.rules.map(
    ({ id, label, score, message }) =>
      `| \`${id}\` | \`${label}\` | ${score} | ${message.replaceAll('|', '\\|')} |`,
  );
  return `${HEAD}${rows.join('\n')}\n`;
}
