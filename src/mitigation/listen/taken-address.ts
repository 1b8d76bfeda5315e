/** Whether another process has an address that this node is to listen on. */
import { createServer } from 'node:net';
import type { ListenAddress } from '../../config/listen-address.ts';

/**
 * A sentence where the address cannot be used, else null. Workers share theirs with SO_REUSEPORT, which would let a
 * second node take half of the first one's connections without a word; this listener does not, so it notices.
 */
export function findTaken(key: string, { host, port }: ListenAddress): Promise<string | null> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) => {
      const code = error.code ?? error.message;
      resolve(`${key} ${host}:${port} cannot be used (${code}); is another node running?`);
    });
    probe.listen({ host, port, exclusive: true }, () => {
      probe.close(() => resolve(null));
    });
  });
}
