/** HTTP/2 towards clients: what one connection may hold, and how much abuse it gets away with. */
import { z } from 'zod';

export const http2Schema = z
  .strictObject({
    enabled: z
      .boolean()
      .default(true)
      .describe('Offer HTTP/2 to clients; without it they all speak HTTP/1.1.'),
    max_concurrent_streams: z
      .int()
      .min(1)
      .max(10_000)
      .default(128)
      .describe(
        'Requests that one connection may have open at once; further ones are refused and may be repeated.',
      ),
    stream_window_bytes: z
      .int()
      .min(65_535)
      .max(16_777_216)
      .default(262_144)
      .describe('Bytes of a request body that a client may send ahead of what the node has taken on.'),
    connection_window_bytes: z
      .int()
      .min(65_535)
      .max(67_108_864)
      .default(1_048_576)
      .describe('The same for all requests of a connection together; never less than for one.'),
    header_table_bytes: z
      .int()
      .min(0)
      .max(65_536)
      .default(4096)
      .describe("Bytes of memory for the compression of one client's request headers."),
    abuse_budget: z
      .int()
      .min(100)
      .max(1_000_000)
      .default(1000)
      .describe(
        'Credit of a connection for frames that bring no progress: a cancelled request costs 5, a needless frame about 1. A connection that has used it up is closed, which counts as a violation.',
      ),
    abuse_budget_per_second: z
      .number()
      .min(0)
      .max(1_000_000)
      .default(20)
      .describe('How much of that credit comes back in a second.'),
  })
  .prefault({})
  .describe('HTTP/2 between clients and the node.');
