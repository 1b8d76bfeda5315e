/** Names for requests and checks of names: text only; the randomness is passed in. */

export interface IdMaker {
  /** A short id, different from all others of this maker. */
  next(): string;
}

/**
 * Makes request ids such as `9f86d081884c-2s`: the given random part and a counter. The random part, different for
 * each worker and each start, keeps ids apart; the counter costs no randomness per request. They are names, not
 * secrets: whoever sees two of them learns how many requests lay between.
 */
export function createIdMaker(randomHex: string): IdMaker {
  const prefix = `${randomHex}-`;
  let count = 0;
  return { next: () => prefix + (count++).toString(36) };
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Whether the text has the form of a UUID of any version (RFC 9562 section 4). */
export function isUuid(text: string): boolean {
  return UUID.test(text);
}
