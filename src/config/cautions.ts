/** What is allowed, but worth a line at the start. */
import { isOpenToOthers, leadsToLoopback } from './listeners.ts';
import { faultIf, type Relation } from './relation.ts';

/** The node starts all the same. */
export const CAUTIONS: readonly Relation[] = [
  {
    keys: ['management.listen_addr', 'management.enabled'],
    check: ({ management }) =>
      faultIf(
        management.enabled && isOpenToOthers(management.listen_addr),
        'is reachable from other machines, and its token crosses the network in plain text',
        'listen on 127.0.0.1, or keep the port inside a trusted network',
      ),
  },
  {
    keys: ['network.tls.enabled', 'network.listen_addr'],
    check: ({ network }) =>
      faultIf(
        !network.tls.enabled && isOpenToOthers(network.listen_addr),
        'is false on an address that other machines reach: clients talk in plain text',
      ),
  },
  {
    keys: ['orchestrator.server_url', 'orchestrator.token', 'orchestrator.enabled'],
    check: ({ orchestrator }) =>
      faultIf(
        orchestrator.enabled &&
          orchestrator.token !== undefined &&
          URL.parse(orchestrator.server_url)?.protocol === 'http:' &&
          !leadsToLoopback(orchestrator.server_url),
        'is plain HTTP, so orchestrator.token crosses the network in plain text',
      ),
  },
  {
    keys: ['fleet.provisioning_webhook_secret', 'fleet.provisioning_webhook_url'],
    check: ({ fleet }) =>
      faultIf(
        fleet.provisioning_webhook_url !== undefined && fleet.provisioning_webhook_secret === undefined,
        'is not set: the receiver cannot tell calls of the orchestrator from those of others',
      ),
  },
  {
    keys: ['network.trusted_proxies'],
    check: ({ network }) =>
      faultIf(
        network.trusted_proxies.some(isEverything),
        'trusts every client: each can choose the address that limits and bans see',
      ),
  },
  {
    keys: ['network.proxy_protocol_from'],
    check: ({ network }) =>
      faultIf(
        network.proxy_protocol_from.some(isEverything),
        'believes every client: each can choose the address that limits and bans see',
      ),
  },
  {
    keys: ['ddos.blacklist.whitelist'],
    check: ({ ddos }) =>
      faultIf(ddos.blacklist.whitelist.some(isEverything), 'exempts every client from limits and bans'),
  },
];

function isEverything(prefix: string): boolean {
  return prefix.endsWith('/0');
}
