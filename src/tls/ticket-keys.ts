/**
 * Keys for session tickets that all workers share, so that a client resumes its session with whichever worker the
 * kernel brings it to. They are made on the main thread and changed before long: whoever gets hold of one could read
 * what TLS 1.2 clients said under its tickets (RFC 5077 section 5.5).
 *
 * Node takes one set at a time, so a change costs each returning client one full handshake. Bun takes none (its servers
 * have keys of their own that nobody sets), which is found out by trying.
 */
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:tls';

export const TICKET_KEYS_LIFE_MS: number = 12 * 3_600_000;

const TICKET_KEYS_BYTES = 48;

/** Fresh keys, or null where the runtime cannot share any. */
export function createTicketKeys(): Uint8Array | null {
  const keys = randomBytes(TICKET_KEYS_BYTES);
  try {
    createServer().setTicketKeys(keys);
    return Uint8Array.from(keys);
  } catch {
    return null;
  }
}
