import { z } from 'zod';

/**
 * What a shared ban is on, as one text: an address or a prefix in its canonical form, `ja4:` with a fingerprint, or
 * `as:` with the number of an autonomous system. Whoever writes it has made it canonical: equal targets are equal texts.
 */
export const banTarget = z
  .string()
  .max(64)
  .regex(/^(?:[0-9a-f:.]+(?:\/\d{1,3})?|ja4:[0-9a-z_]{36}|as:\d{1,10})$/)
  .describe('Address or prefix, `ja4:` and a fingerprint, or `as:` and a number.');
