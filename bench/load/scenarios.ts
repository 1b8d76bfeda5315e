/** What is compared, and the goal of each comparison. */
import type { BodyName } from './bodies.ts';
import {
  heyReconnect,
  type LoadCommand,
  type LoadRequest,
  wrkKeepAlive,
  wrkReconnect,
} from './generators.ts';

export interface LoadScenario {
  readonly name: string;
  readonly title: string;
  readonly body: BodyName;
  readonly connections: number;
  readonly generate: (request: LoadRequest) => LoadCommand;
}

/** The node's processor time per request over nginx's: at or below it. */
export const RATIO_GOAL = 1;

/** Memory of an idle connection over nginx's. */
export const MEMORY_RATIO_GOAL = 1;

/** A refused connection over a full handshake, both on the node: it has to be hopeless to flood. */
export const REFUSAL_RATIO_GOAL = 0.1;

export const LOAD_SCENARIOS: readonly LoadScenario[] = [
  {
    name: 'small',
    title: '100 B over open connections',
    body: 'small',
    connections: 32,
    generate: wrkKeepAlive,
  },
  {
    name: 'large',
    title: '64 KiB over open connections',
    body: 'large',
    connections: 32,
    generate: wrkKeepAlive,
  },
  {
    name: 'handshake',
    title: 'new connection, full handshake, 100 B',
    body: 'small',
    connections: 8,
    generate: heyReconnect,
  },
  {
    name: 'resumed',
    title: 'new connection, resumed session, 100 B',
    body: 'small',
    connections: 16,
    generate: wrkReconnect,
  },
];

export const SCENARIO_NAMES: readonly string[] = [
  ...LOAD_SCENARIOS.map(({ name }) => name),
  'idle',
  'refused',
];
