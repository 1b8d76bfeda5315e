/**
 * Finds addresses that cannot be listened on before anything is started, so that the message can name the part,
 * the configuration key and the way out. Each address is taken for a moment and given back.
 */

import { createServer } from 'node:net';
import { formatListenAddress } from '../../config/listen-address.ts';
import type { Part, PartAddress } from './part.ts';

/** What is wrong with the parts' addresses, one sentence each; empty when all are free. */
export async function findTakenAddresses(parts: readonly Part[]): Promise<string[]> {
  const faults: string[] = [];
  const owners = new Map<string, string>();
  for (const part of parts) {
    for (const address of part.addresses) {
      const text = formatListenAddress({ host: address.host, port: address.port });
      const owner = owners.get(text);
      if (owner !== undefined && address.port !== 0) {
        faults.push(`${part.name}: ${address.key} and ${owner} are both ${text}; give each its own port.`);
        continue;
      }
      owners.set(text, address.key);
      const code = await tryListen(address);
      if (code !== null) faults.push(`${part.name}: ${describeListenFault(code, address)}`);
    }
  }
  return faults;
}

/** The code of the error that listening ends with, or null. */
function tryListen({ host, port }: PartAddress): Promise<string | null> {
  const { promise, resolve } = Promise.withResolvers<string | null>();
  const server = createServer();
  server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
  server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(null)));
  return promise;
}

/** Why listening on an address failed with `code`, and what to do about it. */
export function describeListenFault(code: string, { host, port, key }: PartAddress): string {
  const text = formatListenAddress({ host: host, port: port });
  const variable = `SECBEAT__${key.toUpperCase().replaceAll('.', '__')}`;
  const change = `set ${key} in the configuration or ${variable}`;
  switch (code) {
    case 'EADDRINUSE':
      return `${text} is taken by another program. Find it with \`ss -ltnp 'sport = :${port}'\` and stop it, or ${change}.`;
    case 'EACCES':
      return `no permission to listen on ${text}. Use a port above 1023: ${change}.`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `this machine has no address ${text}: ${change}.`;
    default:
      return `cannot listen on ${text} (${code}): ${change}.`;
  }
}
