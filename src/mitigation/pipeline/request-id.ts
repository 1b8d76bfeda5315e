/** The id that the client, the origin and the log share for one request. */
import { X_REQUEST_ID } from '../../http/field-names.ts';
import type { RequestHead } from '../../http/request-head.ts';

/** Ids of other systems are kept only in a form that no log or page can be hurt by. */
const FOREIGN_ID = /^[A-Za-z0-9._:-]{1,128}$/;

/** A trusted proxy's id where it sent a plain one, else a new one. */
export function requestIdOf(head: RequestHead, trusted: boolean, next: () => string): string {
  if (!trusted) return next();
  const index = head.fields.indexOfKind(X_REQUEST_ID);
  const foreign = index === -1 ? '' : head.fields.value(index);
  return FOREIGN_ID.test(foreign) ? foreign : next();
}
