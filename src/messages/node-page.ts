import { z } from 'zod';
import { nodeInfo } from './node-info.ts';
import { count } from './wire.ts';

/** One page of `GET /nodes?limit=`. */
export const nodePage = z
  .object({
    nodes: z.array(nodeInfo),
    total: count,
    next: z.string().nullable().describe('The `cursor` of the next page; null on the last one.'),
  })
  .meta({ id: 'NodePage', description: 'A part of the list of nodes.' });

export type NodePage = z.output<typeof nodePage>;
