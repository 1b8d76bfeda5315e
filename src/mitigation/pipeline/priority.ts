/**
 * Who goes first when there is not room for all: checks of the site's health, then clients known to be good, then
 * everybody else, and last those that behave suspiciously.
 *
 * A class is decided from facts that are there anyway; it refuses nobody by itself. A client becomes known by many
 * requests that nothing speaks against and is unknown again with the first one that something does, so nobody buys trust
 * and then spends it.
 */
import type { ClientTable } from '../../core/client-table.ts';
import type { PrefixSet } from '../../core/prefix-set.ts';
import type { GoodClients } from './good-clients.ts';
import type { JudgedRequest } from './judged-request.ts';

export type Priority = 0 | 1 | 2 | 3;

export const SUSPICIOUS = 0;
export const ORDINARY = 1;
export const KNOWN_GOOD = 2;
export const HEALTH_CHECK = 3;

/** From the first to the last. */
export const PRIORITIES: readonly Priority[] = [HEALTH_CHECK, KNOWN_GOOD, ORDINARY, SUSPICIOUS];

/** By priority. */
export const PRIORITY_LABELS = ['suspicious', 'ordinary', 'known_good', 'health_check'] as const;

/** What marks the health checks of balancers and monitors. A request has to meet every part that is given. */
export interface HealthCheckMarks {
  /** Paths, without a query; empty for any. */
  readonly paths: readonly string[];
  /** Addresses that checks come from; null for any. */
  readonly addresses: PrefixSet | null;
}

/** What a class is decided from. */
export interface ClassedRequest {
  readonly head: Pick<JudgedRequest['head'], 'target'>;
  readonly client: Pick<JudgedRequest['client'], 'words' | 'key' | 'exempt'>;
  readonly inspection: Pick<NonNullable<JudgedRequest['inspection']>, 'matches'> | null;
  readonly startMs: number;
  readonly snapshot: { readonly monitors: HealthCheckMarks | null };
}

export interface PriorityContext {
  readonly clients: Pick<ClientTable, 'isPenalised'>;
  readonly goodClients: GoodClients;
}

/** The class of a request that has passed every phase. */
export function priorityOf(request: ClassedRequest, { clients, goodClients }: PriorityContext): Priority {
  const { client, inspection, startMs, snapshot } = request;
  const { monitors } = snapshot;
  if (monitors !== null && isHealthCheck(request, monitors)) return HEALTH_CHECK;
  if (client.exempt) return KNOWN_GOOD;
  const matched = inspection !== null && inspection.matches.length > 0;
  if (matched || clients.isPenalised(client.key, startMs)) {
    goodClients.forget(client.key);
    return SUSPICIOUS;
  }
  return goodClients.note(client.key, startMs) ? KNOWN_GOOD : ORDINARY;
}

function isHealthCheck({ head, client }: ClassedRequest, { paths, addresses }: HealthCheckMarks): boolean {
  if (addresses !== null && addresses.longestMatch(client.words) === -1) return false;
  if (paths.length === 0) return addresses !== null;
  const query = head.target.indexOf('?');
  return paths.includes(query === -1 ? head.target : head.target.slice(0, query));
}
