/**
 * What a node is told: the part of the ledger that concerns it, in its own terms. Every order says how things are to
 * be, so hearing it twice changes nothing.
 */
import { z } from 'zod';
import { banLifted, banSet } from './entries/bans.ts';
import { commandIssued } from './entries/commands.ts';
import { fleetMode } from './entries/modes.ts';
import { policyAccepted } from './entries/policies.ts';
import { count } from './wire.ts';

export const modeOrder = z.object({ kind: z.literal('mode'), mode: fleetMode });

/** All layers that the node has to run, the broadest first; none means its own configuration alone. */
export const policyOrder = z.object({
  kind: z.literal('policy'),
  /** Tells one composition from another; what the node acknowledges. The highest revision among the layers, or 0. */
  revision: count,
  layers: z.array(policyAccepted.pick({ scope: true, revision: true, toml: true })).max(3),
});

export const commandOrder = commandIssued
  .pick({ id: true, command: true, parameters: true, deadline_ms: true })
  .extend({ kind: z.literal('command') });

/** What is to be so until something else is said, sent whenever a channel is opened. */
export const standingOrder = z.discriminatedUnion('kind', [modeOrder, policyOrder, commandOrder]);

export const order = z.discriminatedUnion('kind', [banSet, banLifted, modeOrder, policyOrder, commandOrder]);

export type Order = z.output<typeof order>;
export type StandingOrder = z.output<typeof standingOrder>;
export type PolicyOrder = z.output<typeof policyOrder>;
export type CommandOrder = z.output<typeof commandOrder>;
