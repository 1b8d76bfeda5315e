/** Commands as people and programs give them, and as they are shown. */
import { z } from 'zod';
import { commandName, commandOutcome, commandParameters } from './entries/commands.ts';
import { author } from './ledger-entry.ts';
import { selector } from './selector.ts';
import { count, longText, nodeId, shortText, timestamp } from './wire.ts';

const deadlineSeconds = z
  .int()
  .min(1)
  .max(86_400)
  .default(60)
  .describe('Seconds within which a node must begin; nodes that are away for longer leave it.');

const graceSeconds = z
  .number()
  .min(0)
  .max(86_400)
  .nullable()
  .default(null)
  .describe(
    'For `terminate`: seconds for requests in progress. For `drain`: seconds for which WebSockets go on. ' +
      'Without it the nodes go by their own configuration.',
  );

const reason = longText.default('').describe('For the audit log, and for the log of the nodes.');

/** `POST /commands`. */
export const commandRequest = z
  .object({
    command: commandName,
    selector,
    reason,
    grace_seconds: graceSeconds,
    deadline_seconds: deadlineSeconds,
    target: z
      .string()
      .max(64)
      .optional()
      .describe(
        'For `ban` and `unban`: what `/rules/block_ip` takes. The ban holds on the selected nodes alone.',
      ),
    duration_seconds: z.int().min(1).max(31_536_000).default(3600).describe('For `ban`.'),
  })
  .meta({ id: 'CommandRequest', description: 'An order to some nodes.' });

/** `POST /nodes/{id}/drain` and `/resume`; the body may be missing. */
export const nodeCommandRequest = commandRequest
  .omit({ command: true, selector: true, target: true, duration_seconds: true })
  .meta({ id: 'NodeCommandRequest', description: 'How one node is to do something.' });

export const commandTaken = z
  .object({
    id: shortText,
    nodes: z.array(nodeId).describe('Whom the selector means now; nodes that come later are not among them.'),
    deadline: timestamp,
  })
  .meta({ id: 'CommandTaken', description: 'A command on its way.' });

export const commandSummary = z.object({
  waiting: count,
  done: count,
  failed: count,
  refused: count,
  expired: count,
});

export const listedCommand = z.object({
  id: shortText,
  command: commandName,
  selector,
  parameters: commandParameters,
  issued_at: timestamp,
  by: author,
  deadline: timestamp,
  finished: z.boolean().describe('Whether the outcome on every node is known.'),
  summary: commandSummary,
});

export const shownCommand = listedCommand
  .extend({
    nodes: z.array(
      z.object({
        node_id: nodeId,
        outcome: z.enum(['waiting', ...commandOutcome.options]),
        detail: z.string(),
      }),
    ),
  })
  .meta({ id: 'FleetCommand', description: 'A command and what became of it on each node.' });

export const commandPage = z
  .object({
    commands: z.array(listedCommand),
    next: z.string().nullable().describe('The `cursor` of the next page; null on the last one.'),
  })
  .meta({ id: 'CommandPage', description: 'Commands, the newest first.' });

export type CommandTaken = z.output<typeof commandTaken>;
export type ListedCommand = z.output<typeof listedCommand>;
export type ShownCommand = z.output<typeof shownCommand>;
export type CommandPage = z.output<typeof commandPage>;
