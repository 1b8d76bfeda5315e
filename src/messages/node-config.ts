import { z } from 'zod';
import { shortText } from './wire.ts';

const TAGS_MAX = 32;

/** What a node says about its place in the fleet. */
export const nodeConfig = z
  .object({
    node_type: shortText.min(1),
    group: shortText.min(1).default('default'),
    region: shortText.nullable().default(null),
    tags: z.array(shortText).max(TAGS_MAX).default([]),
  })
  .meta({ id: 'NodeConfig', description: 'Kind and place of a node.' });

export type NodeConfig = z.output<typeof nodeConfig>;
