/** Faults of JetStream that are told apart here, by the server's own numbers. */
import { JetStreamApiError } from '@nats-io/jetstream';

/** The newest message is not the one that the author had seen last. */
export const WRONG_LAST_SEQUENCE = 10071;

export function hasApiCode(error: unknown, code: number): boolean {
  return error instanceof JetStreamApiError && error.code === code;
}
