/** The closed lists of words for the state of a node, as they stand on the wire. */
import { z } from 'zod';

/** What the orchestrator publishes about a node. */
export const NODE_STATUSES = ['Starting', 'Registered', 'Active', 'Draining', 'Terminating', 'Dead'] as const;

/** What a node may say about itself: that it is dead is for others to find out. */
export const REPORTED_STATUSES = ['Starting', 'Registered', 'Active', 'Draining', 'Terminating'] as const;

/** What an operator wants of a node. */
export const INTENTS = ['run', 'drain', 'terminate'] as const;

/** What the orchestrator sees; `suspect` is silence beyond the tolerance that does not count as death yet. */
export const LIVENESS = ['alive', 'late', 'suspect', 'dead'] as const;

export const nodeStatus = z.enum(NODE_STATUSES);
export const reportedStatus = z.enum(REPORTED_STATUSES);
export const intent = z.enum(INTENTS);
export const liveness = z.enum(LIVENESS);

export type NodeStatus = z.output<typeof nodeStatus>;
export type ReportedStatus = z.output<typeof reportedStatus>;
export type Intent = z.output<typeof intent>;
export type Liveness = z.output<typeof liveness>;
