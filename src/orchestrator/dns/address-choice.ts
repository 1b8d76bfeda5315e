/** Which addresses a question is answered with: serving nodes of the family that is asked for. */
import type { Balancer } from '../balance/balancer.ts';
import type { QueryContext } from './answer-query.ts';
import { isIpv4Text } from './client-subnet.ts';

export function addressChoice(balancer: Balancer, answersMax: number): QueryContext['choose'] {
  return (client, family) => {
    const { nodes, nearness } = balancer.choose(
      client,
      answersMax,
      ({ address }) => isIpv4Text(address) === (family === 4),
    );
    // Two nodes behind one address are one answer.
    return { addresses: [...new Set(nodes.map(({ address }) => address))], bits: nearness.bits };
  };
}
