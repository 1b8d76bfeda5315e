/** Where clients come in, TLS towards them, and the origin behind. */
import { z } from 'zod';
import { filePath, listenAddress, prefixList, targetAddress } from './values.ts';

const tlsVersion = z.enum(['1.2', '1.3']);

export const networkTlsSchema = z
  .strictObject({
    enabled: z
      .boolean()
      .default(true)
      .meta({ description: 'Serve HTTPS. When false the listener takes plain HTTP.', restart: true }),
    cert_path: filePath
      .default('certs/cert.pem')
      .describe(
        'Certificate chain in PEM. When both files are missing and the listener is on loopback, a self-signed pair is made.',
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
    tls: networkTlsSchema,
  })
  .prefault({})
  .describe('Where clients come in and where their requests go.');
