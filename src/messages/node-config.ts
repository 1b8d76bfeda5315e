/** What a node says about itself at registration: its kind and place, what it can carry, and where it listens. */
import { z } from 'zod';
import { shortText } from './wire.ts';

const TAGS_MAX = 32;

/** The share of a node without one of its own, in relation to the weights of the others. */
export const WEIGHT_DEFAULT = 100;

/** What a node says it can carry; null where nobody has measured it. */
export const nodeCapacity = z
  .object({
    requests_per_second: z.number().gt(0).max(1e9).nullable().default(null),
    connections: z
      .int()
      .min(1)
      .max(2 ** 32)
      .nullable()
      .default(null),
  })
  .meta({ id: 'NodeCapacity', description: 'What a node can carry.' });

const port = z.int().min(1).max(65_535).nullable().default(null);

/** Where a node listens, at its public address; null where it does not say. */
export const nodePorts = z
  .object({ traffic: port, metrics: port })
  .meta({ id: 'NodePorts', description: 'Where a node listens.' });

/** What a node says about its place in the fleet. */
export const nodeConfig = z
  .object({
    node_type: shortText.min(1),
    group: shortText.min(1).default('default'),
    region: shortText.nullable().default(null),
    tags: z.array(shortText).max(TAGS_MAX).default([]),
    weight: z
      .int()
      .min(0)
      .max(10_000)
      .default(WEIGHT_DEFAULT)
      .describe('Share of the traffic that the node is to get, in relation to the others; 0 for none.'),
    capacity: nodeCapacity.prefault({}),
    ports: nodePorts.prefault({}),
  })
  .meta({ id: 'NodeConfig', description: 'Kind and place of a node.' });

export type NodePorts = z.output<typeof nodePorts>;
export type NodeCapacity = z.output<typeof nodeCapacity>;
