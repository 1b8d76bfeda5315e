/** `GET /audit`: every decision with who made it, when, and what stood before, straight from the ledger. */
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { ok, type Result } from '../../core/result.ts';
import { toTimestamp } from '../../core/timestamp.ts';
import { type AuditEntry, auditPage } from '../../messages/audit-page.ts';
import type { LedgerEntry } from '../../messages/ledger-entry.ts';
import type { LedgerFault } from '../ledger/ledger.ts';
import type { ApiDeps } from './context.ts';
import { problemResponses, replyProblem } from './problems.ts';

const LIMIT_MAX = 500;
/** Entries that one call reads in search of a kind; the next one goes on behind them. */
const READ_MAX = 5000;
/** Hashes of secrets would let their holder try secrets without asking anybody. */
const MASKED_KEY = 'hash';
const MASK = '***';

const auditRoute = createRoute({
  method: 'get',
  path: '/api/v1/audit',
  summary: 'What was decided, by whom, and what stood in its place; the oldest first',
  request: {
    query: z.object({
      after: z.coerce.number().int().min(0).default(0).describe('Entries behind this number.'),
      limit: z.coerce.number().int().min(1).max(LIMIT_MAX).default(100),
      kind: z.string().max(64).optional().describe('Entries of this kind only, such as `ban_set`.'),
    }),
  },
  responses: {
    200: { description: 'A page of the ledger.', content: { 'application/json': { schema: auditPage } } },
    ...problemResponses('malformed_query', 'unauthorized', 'forbidden', 'store_unavailable'),
  },
});

export function addAudit(app: OpenAPIHono, { hub }: ApiDeps): void {
  app.openapi(auditRoute, async (context) => {
    const read = await readPage((after, limit) => hub.read(after, limit), context.req.valid('query'));
    if (!read.ok) return replyProblem(context, 'store_unavailable', { detail: read.fault.message });
    return context.json(read.value, 200);
  });
}

interface Query {
  readonly after: number;
  readonly limit: number;
  readonly kind?: string | undefined;
}

type Read = (after: number, limit: number) => Promise<Result<readonly LedgerEntry[], LedgerFault>>;

async function readPage(
  read: Read,
  { after, limit, kind }: Query,
): Promise<Result<z.output<typeof auditPage>, LedgerFault>> {
  const size = kind === undefined ? limit : READ_MAX;
  const rows = await read(after, size);
  if (!rows.ok) return rows;
  const found = rows.value.filter(({ body }) => kind === undefined || body.kind === kind).slice(0, limit);
  const stopped = found.length === limit ? found.at(-1) : rows.value.at(-1);
  const atEnd = rows.value.length < size && stopped?.seq === rows.value.at(-1)?.seq;
  return ok({ entries: found.map(toAuditEntry), next: atEnd ? null : (stopped?.seq ?? null) });
}

function toAuditEntry({ seq, at_ms: atMs, by, before, body }: LedgerEntry): AuditEntry {
  const { kind, ...after } = body;
  return {
    ...{ seq, at: toTimestamp(atMs), by, kind },
    before: before === null ? null : masked(before),
    after: masked(after),
  };
}

function masked(facts: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(facts).map(([key, value]) => [key, key === MASKED_KEY ? MASK : value]),
  );
}
