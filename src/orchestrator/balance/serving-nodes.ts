/**
 * The nodes that clients are to be sent to, as DNS and all exports show them.
 *
 *   fleet (status, place, weight) + reachability -> serving nodes with the weight that each has now
 *
 * Where hardly anybody can be reached, the fault is looked for here first: everybody who is not dead is kept.
 */
import { canonicalHost } from '../../config/listen-address.ts';
import type { NodeInfo } from '../../messages/node-info.ts';
import { isUnfitAddress } from '../members/unfit-address.ts';
import { look, type Reach, type Sighting, shareOf, UNSEEN } from './reachability.ts';

export interface ServingNode {
  readonly id: string;
  /** Its public address, in its one form: IPv4 is never written as IPv6. */
  readonly address: string;
  /** Where it takes traffic; null where it does not say. */
  readonly port: number | null;
  readonly metricsPort: number | null;
  readonly group: string;
  readonly region: string | null;
  /** At least 1: a node without any share is not among them. */
  readonly weight: number;
}

export interface ServingView {
  readonly nodes: readonly ServingNode[];
  /** Hardly anybody could be reached, so nobody was left out for that. */
  readonly distrusted: boolean;
}

/** Weights are shares of a hundredth, so that a slow return has steps. */
const WEIGHT_SCALE = 100;
/** In smaller fleets so many failures at once are likely enough. */
const DISTRUST_FROM = 6;
const REACHED_SHARE_MIN = 1 / 3;

export class ServingNodes {
  readonly #returnMs: number;
  #reaches = new Map<string, Reach>();

  /** @param returnMs how long a node that was out takes to get its whole share again */
  constructor(returnMs: number) {
    this.#returnMs = returnMs;
  }

  /** One look at all nodes of the fleet; those that are gone are forgotten. */
  look(sightings: ReadonlyMap<string, Sighting>, nowMs: number): void {
    const reaches = new Map<string, Reach>();
    for (const [id, sighting] of sightings) {
      reaches.set(id, look(this.#reaches.get(id) ?? UNSEEN, sighting, nowMs));
    }
    this.#reaches = reaches;
  }

  /** Whom clients are sent to at `nowMs`, in the order of `nodes`. */
  view(nodes: readonly NodeInfo[], nowMs: number): ServingView {
    const willing = nodes.filter(
      ({ status, config, public_ip: address }) =>
        status === 'Active' && config.weight > 0 && !isUnfitAddress(address),
    );
    const reached = willing.filter(({ node_id: id }) => !this.#reachOf(id).out);
    const distrusted = isDoubtful(reached.length, willing.length);
    const chosen = distrusted ? willing : reached;
    return {
      distrusted,
      nodes: chosen.map((node) => {
        const share = distrusted ? 1 : shareOf(this.#reachOf(node.node_id), this.#returnMs, nowMs);
        return servingNode(node, share);
      }),
    };
  }

  #reachOf(id: string): Reach {
    return this.#reaches.get(id) ?? UNSEEN;
  }
}

function isDoubtful(reached: number, willing: number): boolean {
  if (reached === 0) return willing > 0;
  return willing >= DISTRUST_FROM && reached < willing * REACHED_SHARE_MIN;
}

function servingNode({ node_id: id, public_ip: address, config }: NodeInfo, share: number): ServingNode {
  const { group, region, weight, ports } = config;
  return {
    ...{ id, address: canonicalHost(address), group, region },
    port: ports.traffic,
    metricsPort: ports.metrics,
    weight: Math.max(1, Math.round(weight * WEIGHT_SCALE * share)),
  };
}
