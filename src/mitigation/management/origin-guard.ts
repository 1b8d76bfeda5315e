/**
 * Keeps web pages away from the management API.
 *
 * A page of a foreign site can make a browser on this machine call a loopback listener, and by DNS rebinding
 * it can even read the answers: its own name then resolves to 127.0.0.1. Such a request gives itself away by
 * its Host, Origin or Sec-Fetch-Site field. Programs send none of the latter two.
 */
import { isLoopbackHost } from '../../config/listen-address.ts';
import type { ProblemCode } from './problem.ts';

export interface GuardedFields {
  readonly host: string | undefined;
  readonly origin: string | undefined;
  readonly fetchSite: string | undefined;
}

/** The fault of a request to a listener bound to `listenHost`, or null where it may pass. */
export function findForeignOrigin(listenHost: string, fields: GuardedFields): ProblemCode | null {
  if (isLoopbackHost(listenHost) && !namesLoopback(fields.host)) return 'host_not_allowed';
  if (fields.fetchSite !== undefined && fields.fetchSite !== 'same-origin' && fields.fetchSite !== 'none') {
    return 'origin_not_allowed';
  }
  if (fields.origin === undefined) return null;
  return isSameOrigin(fields.origin, fields.host) ? null : 'origin_not_allowed';
}

function namesLoopback(host: string | undefined): boolean {
  const parts = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9.-]+))(?::[0-9]{1,5})?$/i.exec(host ?? '');
  const name = parts?.[1] ?? parts?.[2];
  return name !== undefined && isLoopbackHost(name);
}

function isSameOrigin(origin: string, host: string | undefined): boolean {
  return host !== undefined && origin.toLowerCase() === `http://${host.toLowerCase()}`;
}
