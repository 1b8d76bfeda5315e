/** `secbeat explain ID`: why a request was refused, or what rules saw in it, from the node's own record. */
import { Command } from 'commander';
import { formatException } from '../config/rule-exception.ts';
import { plainPath } from '../core/plain-path.ts';
import { findDecision } from '../mitigation/decisions/decision-files.ts';
import type { Decision, ExplainedMatch } from '../waf/decision.ts';
import { CONFIG_FLAG, CONFIG_HELP, readConfiguration } from './configuration.ts';
import { printable } from './printable.ts';

interface ExplainFlags {
  readonly config?: string;
  readonly json?: true;
}

export function explainCommand(): Command {
  return new Command('explain')
    .description('explain what the firewall decided about a request')
    .argument('<id>', 'the request id from the page that the client saw, or from the log')
    .option(CONFIG_FLAG, CONFIG_HELP)
    .option('--json', 'print the record as JSON')
    .action(async (id: string, flags: ExplainFlags) => {
      const config = readConfiguration(flags.config);
      if (config === null) return;
      const decision = await findDecision(config.state.dir, id);
      if (decision === null) {
        process.stderr.write(`${describeMissing(id, config.state.dir)}\n`);
        process.exitCode = 1;
      } else {
        const text = flags.json === true ? JSON.stringify(decision, null, 2) : explainDecision(decision);
        process.stdout.write(`${text}\n`);
      }
    });
}

function describeMissing(id: string, folder: string): string {
  return (
    `${folder} has no decision ${JSON.stringify(id)}: no rule matched the request, another node has it, ` +
    'or newer decisions have taken its place.'
  );
}

/** The record in words, one line each, the match marked with >>> and <<<. */
export function explainDecision(decision: Decision): string {
  const { scores, thresholds, rules } = decision;
  return [
    `Request ${decision.id} was ${describeOutcome(decision)}.`,
    '',
    `  time     ${decision.time}`,
    `  client   ${printable(decision.client_ip)}`,
    `  request  ${printable(decision.method)} ${printable(decision.host)}${printable(decision.target)}`,
    `  score    ${scores.inbound} of ${thresholds.inbound} for the request, ${scores.outbound} of ${thresholds.outbound} for the answer`,
    `  rules    those for ${printable(decision.route)}${describeSite(decision)}, mode ${decision.mode}`,
    '',
    ...rules.flatMap((rule) => explainRule(rule)),
    ...explainAllowing(decision),
  ].join('\n');
}

function describeSite({ site }: Decision): string {
  return site === '' ? '' : ` of the site ${printable(site)}`;
}

function describeOutcome({ outcome, phase, status }: Decision): string {
  if (outcome === 'observed') return 'not blocked; rules matched';
  const what = PHASES[phase] ?? 'the request';
  return `blocked because of ${what} (${status === 0 ? 'connection closed' : `status ${status}`})`;
}

const PHASES: Readonly<Record<number, string>> = {
  1: 'its head',
  2: 'its head and body',
  3: "the head of the origin's answer",
  4: "the origin's answer",
};

function explainRule(rule: ExplainedMatch): readonly string[] {
  const decodings = rule.decodings.length === 0 ? 'as received' : `decoded: ${rule.decodings.join(', ')}`;
  return [
    `Rule ${rule.id} (${rule.label}), score ${rule.score}: ${printable(rule.message)}`,
    `  in       ${printable(rule.part)} (${decodings})`,
    `  text     ${printable(rule.before)}>>>${printable(rule.match)}<<<${printable(rule.after)}`,
    ...(rule.source === null ? [] : [`  written  ${rule.source}`]),
    '',
  ];
}

/** The exceptions that would have let the request pass, each as the line that belongs into the configuration. */
function explainAllowing({ rules, target }: Decision): readonly string[] {
  const path = plainPath(target);
  const scoring = rules.filter((rule) => rule.score > 0);
  const lines = new Set(scoring.map((rule) => formatException(rule.id, rule.part, path)));
  if (lines.size === 0) return [];
  return [
    'If this was an honest request, allow it in the configuration:',
    '',
    '[waf]',
    'exceptions = [',
    ...[...lines].map((line) => `  ${JSON.stringify(line)},`),
    ']',
  ];
}
