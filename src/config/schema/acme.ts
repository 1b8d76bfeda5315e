/** Certificates from an authority that speaks ACME (RFC 8555). */
import { isIP } from 'node:net';
import { z } from 'zod';
import { fail, ok, type Result } from '../../core/result.ts';
import { quote, type ValueFault } from '../fault.ts';
import { filePath, text, token, url } from './values.ts';

const NAMES_MAX = 100;
const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

const hostName = text('a host name', 253, parseHostName);

const emailAddress = text('an e-mail address', 254, (value) =>
  /^[\x21-\x7e]+$/.test(value) && /^[^@,?]+@[^@,?]+$/.test(value)
    ? ok(value)
    : fail({ message: `must be one e-mail address, unlike ${quote(value)}`, suggestion: null }),
);

const hmacKey = text('a key in base64url', 512, (value) =>
  /^[A-Za-z0-9_-]+=?=?$/.test(value)
    ? ok(value)
    : fail({ message: 'must be a key in base64url: letters, digits, - and _', suggestion: null }),
);

export const acmeSchema = z
  .strictObject({
    enabled: z
      .boolean()
      .default(false)
      .describe('Get certificates for acme.names from an authority, and renew them.'),
    directory_url: url('https')
      .default('https://acme-v02.api.letsencrypt.org/directory')
      .describe("The authority's directory; without it the one of Let's Encrypt."),
    email: emailAddress
      .optional()
      .describe('Where the authority can write to; told when the account is opened.'),
    names: z
      .array(hostName)
      .max(NAMES_MAX)
      .default([])
      .describe('Host names to get certificates for, one certificate each.'),
    challenge: z
      .enum(['http-01', 'tls-alpn-01'])
      .default('tls-alpn-01')
      .describe(
        'How the node proves that it serves a name: to a request on port 80 (http-01), or in a TLS handshake on port 443 (tls-alpn-01).',
      ),
    terms_agreed: z
      .boolean()
      .default(false)
      .describe("Whether you agree to the authority's terms of service; must be true to get certificates."),
    renew_before_days: z
      .int()
      .min(1)
      .max(365)
      .optional()
      .describe(
        'Days before its end at which a certificate is renewed, but never in the first half of its life; without it once two thirds of its life are gone.',
      ),
    trusted_ca_path: filePath
      .optional()
      .describe(
        'Certificates in PEM that are trusted for the authority beside the well-known roots, for a private authority.',
      ),
    eab_key_id: token
      .optional()
      .describe('Key id of an account that you have at the authority already (external account binding).'),
    eab_hmac_key: hmacKey
      .optional()
      .meta({ description: 'Key that belongs to eab_key_id, in base64url.', secret: true }),
  })
  .prefault({})
  .describe('Certificates from an authority that speaks ACME.');

function parseHostName(value: string): Result<string, ValueFault> {
  if (value.includes('*')) {
    const message = `must not be a wildcard: ${quote(value)} could be proven by DNS records only`;
    return fail({ message, suggestion: 'list each host name' });
  }
  if (isIP(value) !== 0)
    return fail({ message: `must be a host name, not the address ${quote(value)}`, suggestion: null });
  if (value.split('.').every((label) => LABEL.test(label))) return ok(value);
  const lower = value.toLowerCase().replace(/\.$/, '');
  const suggestion = lower !== value && parseHostName(lower).ok ? `write ${lower}` : null;
  const message = `must be a host name of lower-case letters, digits, - and dots, not ${quote(value)}`;
  return fail({ message, suggestion });
}
