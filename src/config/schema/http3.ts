/** HTTP/3 towards clients: whether it is served, where, and how clients hear of it. */
import { z } from 'zod';

const port = z.int().min(1).max(65_535).optional();

export const http3Schema = z
  .strictObject({
    enabled: z.boolean().default(false).meta({
      description:
        'Serve HTTP/3 over UDP and announce it to clients of HTTP/1.1 and HTTP/2. Needs TLS, an open UDP port, and Bun: on a runtime without HTTP/3 the node says so and serves without.',
      restart: true,
    }),
    port: port.meta({
      description: 'UDP port to listen on; that of network.listen_addr where it is left out.',
      restart: true,
    }),
    advertised_port: port.describe(
      'Port that clients are told of, where it is not the one listened on because something in front forwards it.',
    ),
    alt_svc_max_age_seconds: z
      .int()
      .min(0)
      .max(31_536_000)
      .default(86_400)
      .describe('How long clients may remember that there is HTTP/3, in seconds.'),
  })
  .prefault({})
  .describe('HTTP/3 between clients and the node.');
