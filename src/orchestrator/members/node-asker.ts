/**
 * Asks a node directly whether it lives, in the ways that it has left open:
 *
 * - it has called a route of its own within the last interval: that is an answer already;
 * - its long poll is open: the poll is answered, and a node that lives calls again at once. That a connection stands is
 *   no sign by itself, since one whose other end has vanished stands for minutes;
 * - `GET /live` of its management API, where the announced address is the node's own.
 *
 * An announced address is a claim. It is asked only if its host is the very address under which the node serves, and
 * never a link-local one, where clouds keep their secrets; a loopback address only by an orchestrator that itself is
 * reached over loopback only. The path is fixed, redirects are not followed, of the answer only the status counts.
 */
import { canonicalHost, isAddress, isLoopbackHost } from '../../config/listen-address.ts';
import type { Send } from '../small-request.ts';
import type { NodeCalls } from './node-calls.ts';
import type { NodeRecord } from './node-record.ts';
import { isUnfitAddress } from './unfit-address.ts';

export interface NodeAskerDeps {
  readonly calls: NodeCalls;
  readonly waiters: {
    waits(nodeId: string): boolean;
    wake(nodeId: string): void;
  };
  readonly send: Send;
  /** Between two heartbeats. */
  readonly intervalMs: number;
  /** Only this machine reaches the orchestrator. */
  readonly loopbackOnly: boolean;
}

/** Short of what a look at the fleet may wait for. */
const ANSWER_WITHIN_MS = 3000;

/** The question for a sweeper: null where the node has left no way open. */
export function createNodeAsker(deps: NodeAskerDeps): (record: NodeRecord) => Promise<boolean> | null {
  const { calls, waiters, send, intervalMs, loopbackOnly } = deps;
  return ({ stored }) => {
    const { nodeId, publicIp, managementUrl } = stored;
    if (calls.hasCalled(nodeId, intervalMs)) return Promise.resolve(true);
    const questions: Promise<boolean>[] = [];
    if (waiters.waits(nodeId)) {
      questions.push(calls.callsWithin(nodeId, ANSWER_WITHIN_MS));
      waiters.wake(nodeId);
    }
    const url = liveUrl(managementUrl, publicIp, loopbackOnly);
    if (url !== null) questions.push(isLive(send, url));
    return questions.length === 0 ? null : anyOf(questions);
  };
}

/** Where the node says that it lives, if that place is its own; null otherwise. */
export function liveUrl(
  managementUrl: string | null,
  publicIp: string,
  loopbackOnly: boolean,
): string | null {
  const url = managementUrl === null ? null : URL.parse(managementUrl);
  if (url === null || !['http:', 'https:'].includes(url.protocol)) return null;
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  // A name could lead elsewhere by the time it is looked up.
  if (!isAddress(host) || canonicalHost(host) !== canonicalHost(publicIp) || isUnfitAddress(host))
    return null;
  if (isLoopbackHost(host) && !loopbackOnly) return null;
  return `${url.protocol}//${url.host}/live`;
}

async function isLive(send: Send, url: string): Promise<boolean> {
  const { signal } = new AbortController();
  const question = {
    method: 'GET',
    url,
    headers: {},
    body: '',
    timeoutMs: ANSWER_WITHIN_MS,
    signal,
  } as const;
  const answer = await send(question);
  return answer.ok && answer.value.status === 200;
}

/** True as soon as one is; false once none is. */
async function anyOf(questions: readonly Promise<boolean>[]): Promise<boolean> {
  const yes = questions.map(async (question) => {
    if (!(await question)) throw new Error('no');
    return true;
  });
  return await Promise.any(yes).catch(() => false);
}
