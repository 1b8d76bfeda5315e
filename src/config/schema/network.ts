/** Where clients come in, TLS towards them, and the origin behind. */
import { z } from 'zod';
import { fail } from '../../core/result.ts';
import { quote } from '../fault.ts';
import { parseHostPattern } from '../host-pattern.ts';
import { isAddress } from '../listen-address.ts';
import { filePath, listenAddress, prefixList, targetAddress, text } from './values.ts';

const tlsVersion = z.enum(['1.2', '1.3']);

/** Each costs memory in every worker once clients ask for one of its names. */
const CERTIFICATES_MAX = 1024;
const NAMES_MAX = 256;

const serverName = text('a host name or *.NAME', 255, (value) =>
  isAddress(value)
    ? fail({
        message: `must be a name, not ${quote(value)}: clients send no addresses as server names`,
        suggestion: 'make it the default certificate in [network.tls]',
      })
    : parseHostPattern(value),
);

const clientCertificates = z.enum(['off', 'optional', 'required']);

export const certificateSchema = z.strictObject({
  cert_path: filePath.describe('Certificate chain in PEM.'),
  key_path: filePath.describe('Private key of the certificate, in PEM.'),
  names: z
    .array(serverName)
    .max(NAMES_MAX)
    .default([])
    .describe(
      'Server names that the certificate is shown for; "*.NAME" stands for one label. Empty takes the names that stand in the certificate.',
    ),
  client_certificates: clientCertificates
    .default('off')
    .describe('As network.tls.client_certificates, for clients that ask for one of the names.'),
  client_ca_path: filePath.optional().describe('As network.tls.client_ca_path.'),
});

export const networkTlsSchema = z
  .strictObject({
    enabled: z
      .boolean()
      .default(true)
      .meta({ description: 'Serve HTTPS. When false the listener takes plain HTTP.', restart: true }),
    cert_path: filePath
      .default('certs/cert.pem')
      .describe(
        'Certificate chain in PEM, shown to clients that ask for no name or an unknown one. When both files are missing, a self-signed pair is made where the listener is on loopback or where acme or other certificates are configured; else the node does not start.',
      ),
    key_path: filePath.default('certs/key.pem').describe('Private key of the certificate, in PEM.'),
    tls_port: z.int().min(0).max(65_535).default(8443).meta({
      description: 'Must equal the port of network.listen_addr, whose port it follows when it is left out.',
      restart: true,
    }),
    handshake_timeout_ms: z
      .int()
      .min(100)
      .max(600_000)
      .default(10_000)
      .describe('Milliseconds in which a TLS handshake must be done.'),
    min_version: tlsVersion.default('1.2').describe('Oldest TLS version that is accepted.'),
    max_version: tlsVersion.default('1.3').describe('Newest TLS version that is offered.'),
    policy: z
      .enum(['modern', 'intermediate'])
      .default('intermediate')
      .describe(
        '"modern" speaks TLS 1.3 only, "intermediate" also TLS 1.2 with forward secrecy and authenticated encryption.',
      ),
    strict_sni: z
      .boolean()
      .default(false)
      .describe('Refuse clients that name no server, or one that no certificate is for.'),
    client_certificates: clientCertificates
      .default('off')
      .describe(
        'Ask clients for a certificate: "required" refuses those without a valid one, "optional" tells the origin. For the certificate of cert_path. Open connections end where something is asked that was not asked of them.',
      ),
    client_ca_path: filePath
      .optional()
      .describe('Certificates, in PEM, of those who sign the certificates of clients.'),
    session_affinity: z.boolean().default(false).meta({
      description:
        'Bring all connections of a client address to the same worker, so that sessions resume where workers cannot share them. Linux with Bun only.',
      restart: true,
    }),
    certificates: z
      .array(certificateSchema)
      .max(CERTIFICATES_MAX)
      .default([])
      .describe('Certificates for further names; repeat the table for each.'),
  })
  .prefault({})
  .describe('TLS towards clients.');

export const networkSchema = z
  .strictObject({
    listen_addr: listenAddress
      .default('127.0.0.1:8443')
      .meta({ description: 'Where the node takes the traffic of clients.', restart: true }),
    backend_addr: targetAddress
      .default('127.0.0.1:8080')
      .describe('The origin that requests are forwarded to, over plain HTTP/1.1.'),
    connection_timeout: z
      .int()
      .min(1)
      .max(3600)
      .default(30)
      .describe('Seconds in which a connection to the origin must be made.'),
    buffer_size: z
      .int()
      .min(1024)
      .max(16_777_216)
      .default(8192)
      .describe(
        'Bytes of further requests that may wait behind the one in progress before the client is held back. ' +
          'Towards a slow reader, the other side is held back once 64 KiB wait.',
      ),
    workers: z.int().min(0).max(256).default(0).meta({
      description: 'Threads that handle traffic; 0 starts one per processor core.',
      restart: true,
    }),
    trusted_proxies: prefixList
      .default([])
      .describe(
        'Addresses and prefixes of balancers in front of the node, whose X-Forwarded-For is believed.',
      ),
    proxy_protocol_from: prefixList
      .default([])
      .describe(
        'Addresses and prefixes of balancers that begin every connection with a PROXY protocol header, version 1 or 2. From other addresses such a header is refused.',
      ),
    redirect_listen_addr: listenAddress.optional().meta({
      description:
        'Where plain HTTP is answered with a redirection to HTTPS, and http-01 challenges of certificate authorities; none without it.',
      restart: true,
    }),
    redirect_port: z
      .int()
      .min(1)
      .max(65_535)
      .optional()
      .describe('HTTPS port that clients are redirected to; that of listen_addr where it is left out.'),
    tls: networkTlsSchema,
  })
  .prefault({})
  .describe('Where clients come in and where their requests go.');
