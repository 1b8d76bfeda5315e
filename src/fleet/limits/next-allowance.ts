/**
 * What a node may use next of one key of a fleet-wide limit, by how it stands and what the others hold.
 *
 * A node that comes near to its allowance gets twice what it uses, out of what nobody holds. Where there is too
 * little, everybody who has more than he uses gives half of that back with each report. Where more is allowed than
 * the limit, because nodes began with shares of their own, all are cut in proportion. So traffic may move from node to node,
 * and within a few reports the allowances follow it and add up to the limit.
 */
export interface Standing {
  /** The limit: requests in a window over all nodes. */
  readonly count: number;
  /** What the node keeps to, and what it has admitted in the window. */
  readonly allowance: number;
  readonly used: number;
  /** At most so much can pass at all other nodes in a window. */
  readonly heldByOthers: number;
  /** The sum of what all other nodes were told last. */
  readonly toldToOthers: number;
  /** Somebody has lately asked for more than there was. */
  readonly scarce: boolean;
  /** It is not known yet what all the others hold: nobody may have more than he has. */
  readonly learning: boolean;
}

export interface Decision {
  readonly allowance: number;
  /** The node should have more, and there is no more. */
  readonly wants: boolean;
}

export function nextAllowance(standing: Standing): Decision {
  const { count, used, heldByOthers, toldToOthers, scarce, learning } = standing;
  const allowance = Math.min(standing.allowance, count);
  if (learning) return { allowance, wants: false };
  const told = toldToOthers + allowance;
  const pressed = used >= allowance - Math.floor(allowance / 4);
  if (told > count) {
    return { allowance: Math.max(1, Math.floor((allowance * count) / told)), wants: pressed };
  }
  if (!pressed) {
    return { allowance: scarce ? used + Math.ceil((allowance - used) / 2) : allowance, wants: false };
  }
  const wanted = Math.min(count, Math.max(2 * used, allowance + 1));
  const given = Math.max(allowance, Math.min(wanted, count - heldByOthers));
  return { allowance: given, wants: given < wanted };
}
