/**
 * How the node sees itself, for its own log: Starting until it is registered, Dead while the link is lost. The
 * latter is never sent: only the orchestrator can find a node dead.
 */
import type { NodeStatus as StatusWord } from '../../messages/node-words.ts';
import type { NodeState } from '../node-control.ts';
import type { LinkState } from './link-state.ts';

/** The word for the node's present view of itself. */
export function ownView(
  { registered, lost }: Pick<LinkState, 'registered' | 'lost'>,
  state: NodeState,
): StatusWord {
  if (state === 'Draining' || state === 'Terminating') return state;
  if (!registered) return 'Starting';
  return lost ? 'Dead' : state;
}
