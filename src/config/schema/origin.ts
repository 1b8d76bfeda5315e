/** The test origin. */
import { z } from 'zod';
import { listenAddress } from './values.ts';

export const originSchema = z
  .strictObject({
    listen_addr: listenAddress.default('127.0.0.1:8080').describe('Where the test origin listens.'),
    keep_alive: z
      .boolean()
      .default(false)
      .describe('Keep connections open after a response, for benchmarks.'),
    body_bytes: z
      .int()
      .min(0)
      .max(67_108_864)
      .default(0)
      .describe('Bytes of the response body, for benchmarks; 0 serves the small page.'),
  })
  .prefault({})
  .meta({ description: 'The test origin.', restart: true });
