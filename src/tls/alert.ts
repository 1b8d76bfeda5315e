/**
 * Fatal alerts (RFC 8446 section 6) that the node sends itself, before a handshake has begun and without the
 * library that would do it: a refusal costs seven octets and no cryptography.
 */
export const ILLEGAL_PARAMETER = 47;
export const DECODE_ERROR = 50;
export const UNRECOGNIZED_NAME = 112;
export const NO_APPLICATION_PROTOCOL = 120;

const ALERT_RECORD = 21;
const FATAL = 2;

/** The record of a fatal alert. Before versions are agreed its own version tells nothing. */
export function fatalAlert(description: number): Buffer {
  return Buffer.from([ALERT_RECORD, 3, 3, 0, 2, FATAL, description]);
}
