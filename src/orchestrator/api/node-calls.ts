/** Notes the calls of nodes, whatever they are for: they show that the node lives. */
import type { MiddlewareHandler } from 'hono';
import type { NodeCalls } from '../members/node-calls.ts';
import { accessOf } from './access.ts';

/** To stand behind the guard that admits callers; the fleet knows the nodes that are worth noting. */
export function noteNodeCalls(calls: NodeCalls, isKnown: (nodeId: string) => boolean): MiddlewareHandler {
  return async (context, next) => {
    const { access, id } = accessOf(context);
    const nodeId = id?.toLowerCase() ?? null;
    if (access === 'node' && nodeId !== null && isKnown(nodeId)) calls.note(nodeId);
    await next();
  };
}
