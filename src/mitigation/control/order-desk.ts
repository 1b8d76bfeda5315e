/** Hands each order of the orchestrator to whom it is for. */
import type { FleetMode } from '../../messages/entries/modes.ts';
import type { CommandOrder, Order, PolicyOrder, StandingOrder } from '../../messages/order.ts';

export type BanOrder = Exclude<Order, StandingOrder>;

/** Who carries orders out; all of them take the same one twice without harm. */
export interface OrderTakers {
  readonly bans: (order: BanOrder) => void;
  readonly policy: (order: PolicyOrder) => void;
  readonly mode: (mode: FleetMode) => void;
  readonly command: (order: CommandOrder) => void;
}

export class OrderDesk {
  readonly #takers: OrderTakers;

  constructor(takers: OrderTakers) {
    this.#takers = takers;
  }

  /** Something was decided. */
  take(order: Order): void {
    switch (order.kind) {
      case 'policy':
        this.#takers.policy(order);
        break;
      case 'mode':
        this.#takers.mode(order.mode);
        break;
      case 'command':
        this.#takers.command(order);
        break;
      default:
        this.#takers.bans(order);
    }
  }

  /** Everything but bans that is in force now; policy and mode are always among it. */
  takeAll(orders: readonly StandingOrder[]): void {
    for (const order of orders) this.take(order);
  }
}
