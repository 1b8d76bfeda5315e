/** A request that has reached the origin and is not answered yet. */
import { readRequest, requestText } from './messages.ts';
import type { Stand } from './stand.ts';
import type { Wire } from './wire.ts';

/** Has the origin hold the next request; resolves with its end of the connection once the request is there. */
export function holdNext(stand: Stand): Promise<Wire> {
  const held = Promise.withResolvers<Wire>();
  stand.origin.play(async (wire) => {
    await readRequest(wire);
    held.resolve(wire);
  });
  return held.promise;
}

/** Sends a request over HTTP/1.1 that the origin holds; both ends of it. */
export async function holdRequest(stand: Stand): Promise<{ readonly client: Wire; readonly origin: Wire }> {
  const held = holdNext(stand);
  const client = await stand.connect();
  client.write(requestText('GET', '/held'));
  return { client, origin: await held };
}
