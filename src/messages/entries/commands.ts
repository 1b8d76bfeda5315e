/** Orders to single nodes, and what became of them. */
import { z } from 'zod';
import { banTarget } from '../ban-target.ts';
import { selector } from '../selector.ts';
import { longText, nodeId, shortText, wallMs } from '../wire.ts';

export const commandName = z.enum(['drain', 'undrain', 'terminate', 'reload', 'diagnose', 'ban', 'unban']);

export const commandParameters = z.object({
  reason: longText.default(''),
  /** For `drain` and `terminate`; without it the node's own. */
  grace_seconds: z.number().min(0).max(86_400).nullable().default(null),
  /** For `ban` and `unban`, in canonical form. */
  target: banTarget.optional(),
  /** For `ban`. */
  duration_seconds: z.number().min(1).max(31_536_000).optional(),
});

/** Known by its id: doing it twice is the same as doing it once. */
export const commandIssued = z.object({
  kind: z.literal('command_issued'),
  id: shortText.min(1),
  command: commandName,
  parameters: commandParameters,
  /** What was written, and whom that meant at the time. */
  selector,
  nodes: z.array(nodeId).max(10_000),
  /** Whoever has not begun by then leaves it. */
  deadline_ms: wallMs,
});

export const commandOutcome = z.enum(['done', 'failed', 'refused', 'expired']);

/** More of what a node has to tell is cut off. */
export const RESULT_CHARACTERS_MAX = 16 * 1024;

export const commandResult = z.object({
  kind: z.literal('command_result'),
  id: shortText.min(1),
  node: nodeId,
  outcome: commandOutcome,
  detail: z.string().max(RESULT_CHARACTERS_MAX),
});

export type CommandName = z.output<typeof commandName>;
export type CommandIssued = z.output<typeof commandIssued>;
export type CommandOutcome = z.output<typeof commandOutcome>;
export type CommandResult = z.output<typeof commandResult>;
