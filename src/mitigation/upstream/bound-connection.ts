/**
 * Answers after which a connection belongs to the client that it served.
 *
 * NTLM and Negotiate authenticate connections, not requests (RFC 4559 section 6): whoever is given such a connection
 * next would act as somebody else. A connection on which an origin asked for them is closed.
 */
import type { ResponseHead } from '../../http/response-head.ts';

const SCHEMES: readonly string[] = ['ntlm', 'negotiate'];

export function bindsConnection({ status, fields }: ResponseHead): boolean {
  if (status !== 401) return false;
  for (let index = 0; index < fields.count; index++) {
    if (fields.name(index).toLowerCase() !== 'www-authenticate') continue;
    const value = fields.value(index).toLowerCase();
    if (SCHEMES.some((scheme) => value.includes(scheme))) return true;
  }
  return false;
}
