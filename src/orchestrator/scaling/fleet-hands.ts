/** How decisions on the size of the fleet are carried out: orders to the nodes that go, calls for the nodes that come. */
import type { Clock } from '../../core/clock.ts';
import type { Logger } from '../../core/logger.ts';
import type { Author } from '../../messages/ledger-entry.ts';
import type { FleetHub } from '../channel/fleet-hub.ts';
import type { CommandDesk } from '../commands/command-desk.ts';
import type { Fleet } from '../members/fleet.ts';
import { dueRemovals, REMOVAL, type RemovalRule } from './scale-in.ts';
import type { ScalingHands } from './scaling-desk.ts';
import type { WebhookCaller } from './webhook-caller.ts';

export interface FleetHandsDeps {
  readonly fleet: Fleet;
  readonly hub: FleetHub;
  readonly commands: Pick<CommandDesk, 'issue' | 'terminate'>;
  /** Null where there is no receiver. */
  readonly webhooks: WebhookCaller | null;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly removal?: RemovalRule;
}

const SCALER: Author = { kind: 'system', id: 'scaler' };

export class FleetHands implements ScalingHands {
  readonly #deps: FleetHandsDeps;
  /** Nodes whose order to end is being made. */
  readonly #ending = new Set<string>();

  constructor(deps: FleetHandsDeps) {
    this.#deps = deps;
  }

  /** Has a node drained; `proceed` ends it once it is empty. */
  removeNode(nodeId: string, reason: string): void {
    void this.#drain(nodeId, reason);
  }

  proceed(): void {
    const { fleet, hub, clock, webhooks, removal = REMOVAL } = this.#deps;
    webhooks?.takeUp();
    const decisions = hub.state.scaling.all();
    const due = dueRemovals(decisions, (nodeId) => fleet.record(nodeId), clock.wallMs(), removal);
    for (const { nodeId, reason } of due) void this.#end(nodeId, reason, removal);
  }

  async #drain(nodeId: string, reason: string): Promise<void> {
    const { commands, logger, removal = REMOVAL } = this.#deps;
    const parameters = { reason, grace_seconds: removal.drainMs / 1000 };
    const selector = `node:${nodeId}`;
    const deadlineSeconds = removal.drainMs / 1000;
    const issued = await commands.issue({ command: 'drain', selector, parameters, deadlineSeconds }, SCALER);
    if (!issued.ok) {
      logger.error('A node could not be told to drain', { node_id: nodeId, error: issued.fault.detail });
    }
  }

  async #end(nodeId: string, reason: string, { graceSeconds }: RemovalRule): Promise<void> {
    if (this.#ending.has(nodeId)) return;
    this.#ending.add(nodeId);
    const { commands, logger } = this.#deps;
    const request = { reason, grace_period_seconds: graceSeconds };
    const ordered = await commands.terminate(nodeId, request, SCALER);
    this.#ending.delete(nodeId);
    if (!ordered.ok) {
      logger.error('A node could not be told to end', { node_id: nodeId, error: ordered.fault });
    }
  }
}
