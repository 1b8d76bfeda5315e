/** `/commands`: orders to some nodes, and what became of them; `/nodes/{id}/drain` and `/resume` for one node. */
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { toTimestamp } from '../../core/timestamp.ts';
import type { IssuedCommand } from '../../fleet/fleet-commands.ts';
import type { CommandName } from '../../messages/entries/commands.ts';
import {
  type CommandTaken,
  commandPage,
  commandRequest,
  commandTaken,
  type ListedCommand,
  nodeCommandRequest,
  type ShownCommand,
  shownCommand,
} from '../../messages/fleet-command.ts';
import { shortText } from '../../messages/wire.ts';
import { summaryOf, type TakenCommand } from '../commands/command-desk.ts';
import { callerOf } from './caller.ts';
import { longestWait } from './commands.ts';
import type { ApiDeps } from './context.ts';
import { nodeParams } from './nodes.ts';
import { BODY_PROBLEMS, problemResponses, replyProblem } from './problems.ts';

const PAGE_COMMANDS_MAX = 1000;

const ISSUE_PROBLEMS = [
  'no_node_matches',
  'unreadable_target',
  'too_many_nodes',
  'too_many_commands',
  'store_unavailable',
] as const;

const taken = {
  description: 'Durable, and on its way to the nodes.',
  content: { 'application/json': { schema: commandTaken } },
};

const issueRoute = createRoute({
  method: 'post',
  path: '/api/v1/commands',
  summary: 'Give a command to some nodes',
  request: { body: { required: true, content: { 'application/json': { schema: commandRequest } } } },
  responses: { 202: taken, ...problemResponses('unauthorized', ...BODY_PROBLEMS, ...ISSUE_PROBLEMS) },
});

const listRoute = createRoute({
  method: 'get',
  path: '/api/v1/commands',
  summary: 'Commands and how far they are, the newest first',
  request: {
    query: z.object({
      limit: z.coerce.number().int().min(1).max(PAGE_COMMANDS_MAX).default(100),
      cursor: z.coerce.number().int().min(1).optional().describe('The `next` of the page before.'),
    }),
  },
  responses: {
    200: { description: 'One page.', content: { 'application/json': { schema: commandPage } } },
    ...problemResponses('malformed_query', 'unauthorized'),
  },
});

const showRoute = createRoute({
  method: 'get',
  path: '/api/v1/commands/{id}',
  summary: 'One command, and what became of it on each node',
  request: {
    params: z.object({ id: shortText }),
    query: z.object({
      wait: longestWait.describe(
        'Longest wait, in seconds, for the outcome on all nodes; without it the answer comes at once.',
      ),
    }),
  },
  responses: {
    200: {
      description: 'The command, finished or not.',
      content: { 'application/json': { schema: shownCommand } },
    },
    ...problemResponses('malformed_query', 'unauthorized', 'unknown_command', 'too_many_waiters'),
  },
});

const nodeRoute = (word: 'drain' | 'resume', summary: string) =>
  createRoute({
    method: 'post',
    path: `/api/v1/nodes/{id}/${word}`,
    summary,
    request: {
      params: nodeParams,
      body: { required: false, content: { 'application/json': { schema: nodeCommandRequest } } },
    },
    responses: {
      202: taken,
      ...problemResponses(
        'malformed_id',
        'unknown_node',
        'unauthorized',
        ...BODY_PROBLEMS,
        ...ISSUE_PROBLEMS,
      ),
    },
  });

const drainRoute = nodeRoute('drain', 'Have a node take no new connections and finish the old ones');
const resumeRoute = nodeRoute('resume', 'Have a drained node take connections again');

export function addFleetCommands(app: OpenAPIHono, deps: ApiDeps): void {
  const { hub, commands, registry } = deps;
  app.openapi(issueRoute, async (context) => {
    const { command, selector, deadline_seconds: deadlineSeconds, ...parameters } = context.req.valid('json');
    const wish = { command, selector, parameters, deadlineSeconds };
    const issued = await commands.issue(wish, callerOf(context));
    if (!issued.ok) return replyProblem(context, issued.fault.code, { detail: issued.fault.detail });
    return context.json(toTaken(issued.value), 202);
  });
  app.openapi(listRoute, (context) => {
    const { limit, cursor = Number.POSITIVE_INFINITY } = context.req.valid('query');
    const older = hub.state.commands.all().filter(({ seq }) => seq < cursor);
    const page = older.slice(-limit).reverse();
    const next = older.length > page.length ? String(page.at(-1)?.seq) : null;
    return context.json({ commands: page.map(toListed), next }, 200);
  });
  app.openapi(showRoute, async (context) => {
    const { id } = context.req.valid('param');
    const { wait } = context.req.valid('query');
    const waited = await waitForEnd(deps, id, wait, context.req.raw.signal);
    if (!waited) return replyProblem(context, 'too_many_waiters', { headers: { 'Retry-After': '5' } });
    const command = hub.state.commands.get(id);
    if (command === undefined) return replyProblem(context, 'unknown_command');
    return context.json(toShown(command), 200);
  });
  const issueForNode = async (context: Context, id: string, command: CommandName, body: unknown) => {
    // Without a body nothing was checked, so the defaults are filled in here.
    const { reason, grace_seconds, deadline_seconds } = nodeCommandRequest.parse(body ?? {});
    const parameters = { reason, grace_seconds };
    const wish = { command, selector: `node:${id}`, parameters, deadlineSeconds: deadline_seconds };
    return await commands.issue(wish, callerOf(context));
  };
  for (const [route, command] of [
    [drainRoute, 'drain'],
    [resumeRoute, 'undrain'],
  ] as const) {
    app.openapi(route, async (context) => {
      const { id } = context.req.valid('param');
      if (registry.place(id) === null) return replyProblem(context, 'unknown_node');
      const issued = await issueForNode(context, id, command, context.req.valid('json'));
      if (!issued.ok) return replyProblem(context, issued.fault.code, { detail: issued.fault.detail });
      return context.json(toTaken(issued.value), 202);
    });
  }
}

/** Waits until all nodes have answered, or for as long as that may take; false where nobody else can wait. */
async function waitForEnd(
  { hub, commandWaiters, clock }: ApiDeps,
  id: string,
  waitSeconds: number,
  signal: AbortSignal,
): Promise<boolean> {
  const untilMs = clock.nowMs() + waitSeconds * 1000;
  for (;;) {
    const leftMs = untilMs - clock.nowMs();
    const open = hub.state.commands.waitingFor(id) ?? 0;
    if (open === 0 || leftMs <= 0) return true;
    const outcome = await commandWaiters.wait(id, leftMs, signal);
    if (outcome !== 'news') return outcome !== 'refused';
  }
}

function toTaken({ id, nodes, deadlineMs }: TakenCommand): CommandTaken {
  return { id, nodes: [...nodes], deadline: toTimestamp(deadlineMs) };
}

function toListed(issued: IssuedCommand): ListedCommand {
  const { id, command, selector, parameters, at_ms: atMs, by, deadline_ms: deadlineMs } = issued;
  const summary = summaryOf(issued);
  return {
    ...{ id, command, selector, parameters, by, summary },
    issued_at: toTimestamp(atMs),
    deadline: toTimestamp(deadlineMs),
    finished: summary.waiting === 0,
  };
}

function toShown(issued: IssuedCommand): ShownCommand {
  const results = new Map(issued.results.map((result) => [result.node, result]));
  const nodes = issued.nodes.map((id) => {
    const { outcome = 'waiting' as const, detail = '' } = results.get(id) ?? {};
    return { node_id: id, outcome, detail };
  });
  return { ...toListed(issued), nodes };
}
