/** A rewrite that changes nothing. */
import type { RequestRewrite } from '../header-edits.ts';

/** @param defaultHost of requests that name none */
export function plainRewrite(defaultHost: string): RequestRewrite {
  return { defaultHost, preserveHost: true, requestEdits: null };
}
