import { z } from 'zod';
import { fleetMode } from './entries/modes.ts';
import { selector } from './selector.ts';
import { count } from './wire.ts';

/** `PUT /mode`. */
export const modeRequest = z
  .object({ selector: selector.default('all'), mode: fleetMode })
  .meta({ id: 'ModeRequest', description: 'How strict some nodes, or all, are from now on.' });

export const modeAnswer = z
  .object({
    modes: z
      .array(z.object({ selector, mode: fleetMode, seq: count }))
      .describe(
        'By rising number; of those that mean a node the last one holds, and without one it is normal.',
      ),
    nodes: z.object({ normal: count, under_attack: count }).describe('How many nodes are in which mode.'),
  })
  .meta({ id: 'FleetModes', description: 'How strict the nodes are.' });

export type ModeAnswer = z.output<typeof modeAnswer>;
