/** What is compared, and the goal of each comparison. */
import type { BodyName } from './bodies.ts';
import {
  h2loadStreams,
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
  /** For processor time per request. */
  readonly goal: Goal;
}

/** What a figure of the node has to reach: at most so many times a peer's, or at most so much. */
export type Goal =
  | { readonly kind: 'ratio'; readonly to: 'nginx' | 'best'; readonly max: number }
  | { readonly kind: 'value'; readonly max: number };

/** Kibibytes of an idle TLS connection. */
export const IDLE_GOAL: Goal = { kind: 'value', max: 16 };

/** Milliseconds that the node adds at half of what it can serve, in the middle and at worst of 99 in 100. */
export const LATENCY_GOALS = { p50: 0.3, p99: 1.5 } as const;

/** A refused connection over a full handshake, both on the node: it has to be hopeless to flood. */
export const REFUSAL_RATIO_GOAL = 0.25;

export const LOAD_SCENARIOS: readonly LoadScenario[] = [
  {
    name: 'small',
    title: '100 B over open connections',
    body: 'small',
    connections: 32,
    generate: wrkKeepAlive,
    goal: { kind: 'ratio', to: 'best', max: 1.1 },
  },
  {
    name: 'large',
    title: '64 KiB over open connections',
    body: 'large',
    connections: 32,
    generate: wrkKeepAlive,
    goal: { kind: 'ratio', to: 'nginx', max: 0.7 },
  },
  {
    name: 'http2',
    title: '100 B over HTTP/2, 10 streams each',
    body: 'small',
    connections: 8,
    generate: h2loadStreams,
    goal: { kind: 'ratio', to: 'nginx', max: 1 },
  },
  {
    name: 'handshake',
    title: 'new connection, full handshake, 100 B',
    body: 'small',
    connections: 8,
    generate: heyReconnect,
    goal: { kind: 'ratio', to: 'nginx', max: 1 },
  },
  {
    name: 'resumed',
    title: 'new connection, resumed session, 100 B',
    body: 'small',
    connections: 16,
    generate: wrkReconnect,
    goal: { kind: 'ratio', to: 'nginx', max: 1.6 },
  },
];

export const SCENARIO_NAMES: readonly string[] = [
  ...LOAD_SCENARIOS.map(({ name }) => name),
  'latency',
  'idle',
  'refused',
  'tables',
  'waf',
];
