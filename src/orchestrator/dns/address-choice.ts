/** Which addresses a question is answered with: serving nodes of the family that is asked for. */
import type { Balancer } from '../balance/balancer.ts';
import type { QueryContext } from './answer-query.ts';

export function addressChoice(balancer: Balancer, answersMax: number): QueryContext['choose'] {
  return (client, family) => {
    // Serving nodes have their address in its one form, so IPv6 alone has colons.
    const { nodes, nearness } = balancer.choose(
      client,
      answersMax,
      ({ address }) => address.includes(':') === (family === 6),
    );
    // Two nodes behind one address are one answer.
    return { addresses: [...new Set(nodes.map(({ address }) => address))], bits: nearness.bits };
  };
}
