/** The serving nodes in the words of programs that balance or scrape. Names are ours and addresses checked, so nothing is escaped. */
import { formatListenAddress } from '../../config/listen-address.ts';
import type { ServingNode } from './serving-nodes.ts';

/** The weight that HAProxy takes, 1 to 256. */
const HAPROXY_WEIGHT_MAX = 256;

/** Lines for a backend of HAProxy; one server per node. */
export function haproxyServers(nodes: readonly ServingNode[]): string {
  const heaviest = Math.max(1, ...nodes.map(({ weight }) => weight));
  return lines(
    nodes.flatMap((node) => {
      const place = placeOf(node);
      if (place === null) return [];
      const weight = Math.max(1, Math.round((node.weight / heaviest) * HAPROXY_WEIGHT_MAX));
      return [`server ${node.id} ${place} weight ${weight} check`];
    }),
  );
}

/** Lines for an upstream of nginx. */
export function nginxServers(nodes: readonly ServingNode[]): string {
  return lines(
    nodes.flatMap((node) => {
      const place = placeOf(node);
      return place === null ? [] : [`server ${place} weight=${node.weight};`];
    }),
  );
}

export interface ScrapeTargets {
  readonly targets: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
}

/** Targets for Prometheus' discovery over HTTP: where nodes show their metrics. */
export function prometheusTargets(nodes: readonly ServingNode[]): readonly ScrapeTargets[] {
  return nodes.flatMap(({ id, address, metricsPort, group, region }) =>
    metricsPort === null
      ? []
      : [
          {
            targets: [formatListenAddress({ host: address, port: metricsPort })],
            labels: { node_id: id, group, ...(region === null ? {} : { region }) },
          },
        ],
  );
}

function placeOf({ address, port }: ServingNode): string | null {
  return port === null ? null : formatListenAddress({ host: address, port });
}

function lines(all: readonly string[]): string {
  return all.map((line) => `${line}\n`).join('');
}
