/**
 * Fetches a list, unless the server says that it is still the one we have (RFC 9110 section 13.1). Bounded in time,
 * octets and redirects; plain HTTP is spoken with this machine only, also after a redirect, and no other machine's
 * redirect leads to this one.
 */
import { isLoopbackHost } from '../../config/listen-address.ts';
import { urlFault } from '../../config/schema/lists.ts';
import { fail, ok, type Result } from '../../core/result.ts';

export interface ListRequest {
  readonly url: string;
  readonly timeoutMs: number;
  readonly bytesMax: number;
  readonly validators: Validators;
}

/** How the server names the version it has sent; null where it named none. */
export interface Validators {
  readonly etag: string | null;
  readonly lastModified: string | null;
}

export interface ListAnswer {
  /** Null where the list has not changed. */
  readonly bytes: Buffer | null;
  readonly validators: Validators;
}

const REDIRECTS_MAX = 5;
const VALIDATOR_LENGTH_MAX = 512;

/** Asks for a list; the fault is a sentence. */
export async function fetchList(request: ListRequest): Promise<Result<ListAnswer, string>> {
  const signal = AbortSignal.timeout(request.timeoutMs);
  try {
    let { url } = request;
    for (let hop = 0; hop <= REDIRECTS_MAX; hop++) {
      const response = await fetch(url, {
        headers: headersOf(request.validators),
        redirect: 'manual',
        signal,
      });
      if (!isRedirect(response.status)) return await readAnswer(response, request);
      await response.body?.cancel();
      const next = URL.parse(response.headers.get('location') ?? '', url)?.href ?? '';
      const fault = redirectFault(url, next);
      if (fault !== null) return fail(`the redirect ${fault}`);
      url = next;
    }
    return fail(`more than ${REDIRECTS_MAX} redirects`);
  } catch (error) {
    if (signal.aborted) return fail(`no whole answer within ${request.timeoutMs / 1000} seconds`);
    return fail(`the server cannot be asked (${causeOf(error)})`);
  }
}

async function readAnswer(
  response: Response,
  { bytesMax, validators }: ListRequest,
): Promise<Result<ListAnswer, string>> {
  const isAsked = validators.etag !== null || validators.lastModified !== null;
  if (response.status === 304 && isAsked) {
    await response.body?.cancel();
    return ok({ bytes: null, validators });
  }
  if (response.status !== 200 || response.body === null) {
    await response.body?.cancel();
    return fail(`the server answered ${response.status}`);
  }
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body) {
    length += chunk.length;
    // Leaving the loop cancels the rest.
    if (length > bytesMax) return fail('the answer has more bytes than bytes_max');
    chunks.push(chunk);
  }
  const etag = validatorOf(response, 'etag');
  const lastModified = validatorOf(response, 'last-modified');
  return ok({ bytes: Buffer.concat(chunks), validators: { etag, lastModified } });
}

function headersOf({ etag, lastModified }: Validators): Record<string, string> {
  return {
    accept: 'text/plain, text/csv, */*;q=0.5',
    ...(etag === null ? {} : { 'if-none-match': etag }),
    ...(lastModified === null ? {} : { 'if-modified-since': lastModified }),
  };
}

function validatorOf(response: Response, name: string): string | null {
  const value = response.headers.get(name);
  return value === null || value.length > VALIDATOR_LENGTH_MAX ? null : value;
}

/** Why a redirect is not followed, or null. What listens on this machine only is not for others to have asked. */
export function redirectFault(from: string, to: string): string | null {
  const fault = urlFault(to);
  if (fault !== null) return fault;
  return isThisMachine(to) && !isThisMachine(from) ? 'must not lead to this machine' : null;
}

function isThisMachine(url: string): boolean {
  const host = URL.parse(url)?.hostname ?? '';
  return isLoopbackHost(host.replace(/^\[|\]$/g, '').replace(/\.$/, '')) || host.endsWith('.localhost');
}

function isRedirect(status: number): boolean {
  return status === 301 || status === 302 || status === 303 || status === 307 || status === 308;
}

function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code } = (error.cause ?? error) as NodeJS.ErrnoException;
  return code ?? error.message;
}
