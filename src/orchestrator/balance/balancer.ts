/** Keeps looking at the nodes and tells whom clients are to be sent to: the one source of DNS answers and exports. */
import type { Clock } from '../../core/clock.ts';
import type { AddressWords } from '../../core/ip.ts';
import type { NodeInfo } from '../../messages/node-info.ts';
import type { Duty } from '../duties.ts';
import { isUnfitAddress } from '../members/unfit-address.ts';
import { chooseNodes } from './choose-nodes.ts';
import type { ProbeTarget } from './node-prober.ts';
import type { Sighting } from './reachability.ts';
import type { Nearness, RegionMap } from './region-map.ts';
import { type ServingNode, ServingNodes, type ServingView } from './serving-nodes.ts';

export interface BalancerDeps {
  readonly nodes: () => readonly NodeInfo[];
  /** Nodes that follow the decisions of the fleet right now. */
  readonly followers: () => ReadonlySet<string>;
  /** Tries whether a node can be reached; null where that is not wanted. */
  readonly probe: ((target: ProbeTarget) => Promise<boolean>) | null;
  readonly clock: Clock;
  /** Even in [0, 1). */
  readonly random: () => number;
}

export interface BalancerOptions {
  readonly returnMs: number;
  readonly regions: RegionMap;
}

const PAUSE_MS = 1000;
/** Probes under way at once. */
const PROBES_MAX = 256;

export class Balancer {
  readonly #deps: BalancerDeps;
  readonly #regions: RegionMap;
  readonly #serving: ServingNodes;
  /** Nodes that had a channel here once: those of other orchestrators are judged by their heartbeats. */
  #known = new Set<string>();
  #view: ServingView = { nodes: [], distrusted: false };

  constructor(deps: BalancerDeps, { returnMs, regions }: BalancerOptions) {
    this.#deps = deps;
    this.#regions = regions;
    this.#serving = new ServingNodes(returnMs);
  }

  /** Every orchestrator that answers looks for itself. */
  get duty(): Duty {
    return { name: 'balance', pauseMs: PAUSE_MS, step: () => this.look() };
  }

  /** Whom clients are sent to, as of the last look. */
  get view(): ServingView {
    return this.#view;
  }

  /** Looks at all nodes once. */
  async look(): Promise<void> {
    const { nodes, followers, probe, clock } = this.#deps;
    const all = nodes();
    const following = followers();
    this.#remember(all, following);
    const sightings = new Map<string, Sighting>();
    for (let first = 0; first < all.length; first += PROBES_MAX) {
      const part = all.slice(first, first + PROBES_MAX);
      await Promise.all(
        part.map(async (node) => {
          const target = targetOf(node);
          const reached = probe === null || target === null ? null : await probe(target);
          sightings.set(node.node_id, { probe: reached, followed: this.#isFollowed(node, following) });
        }),
      );
    }
    this.#serving.look(sightings, clock.nowMs());
    this.#view = this.#serving.view(nodes(), clock.nowMs());
  }

  #isFollowed({ node_id: id, liveness }: NodeInfo, following: ReadonlySet<string>): boolean {
    return this.#known.has(id) ? following.has(id) : liveness === 'alive';
  }

  #remember(all: readonly NodeInfo[], following: ReadonlySet<string>): void {
    const ids = all.map(({ node_id: id }) => id);
    this.#known = new Set(ids.filter((id) => this.#known.has(id) || following.has(id)));
  }

  /** Nodes for one client, of those for which `suits` is true, and how near they were chosen. */
  choose(
    client: AddressWords,
    count: number,
    suits: (node: ServingNode) => boolean,
  ): { readonly nodes: readonly ServingNode[]; readonly nearness: Nearness } {
    const nearness = this.#regions.nearTo(client);
    const { random } = this.#deps;
    const nodes = chooseNodes(this.#view.nodes.filter(suits), { regions: nearness.regions, count, random });
    return { nodes, nearness };
  }
}

function targetOf({ node_id: id, public_ip: host, config, status }: NodeInfo): ProbeTarget | null {
  const { traffic: port } = config.ports;
  return port === null || status !== 'Active' || isUnfitAddress(host) ? null : { id, host, port };
}
