/** Decisions about how strict nodes are. */
import { z } from 'zod';
import { selector } from '../selector.ts';

export const fleetMode = z.enum(['normal', 'under_attack']);

/** Holds for the nodes that are selected until another decision selects them. */
export const modeSet = z.object({ kind: z.literal('mode_set'), selector, mode: fleetMode });

export type FleetMode = z.output<typeof fleetMode>;
