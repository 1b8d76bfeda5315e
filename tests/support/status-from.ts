/** What a node answers to one plain request over TLS from an address of this machine. */
import { request } from 'node:https';

export interface Place {
  readonly host: string;
  readonly port: number;
}

/** The status; null where the connection was refused or cut. */
export function statusFrom(localAddress: string, { host, port }: Place): Promise<number | null> {
  const { promise, resolve } = Promise.withResolvers<number | null>();
  const options = { host, port, localAddress, rejectUnauthorized: false, agent: false as const };
  const sent = request(options, (response) => {
    response.resume();
    response.on('close', () => resolve(response.statusCode ?? null));
  });
  sent.on('error', () => resolve(null));
  sent.end();
  return promise;
}
