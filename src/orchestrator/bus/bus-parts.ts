/** What the orchestrator does on NATS for other programs, beside keeping its own knowledge there. */
import type { Clock } from '../../core/clock.ts';
import type { Logger } from '../../core/logger.ts';
import { SharedBanDesk } from '../bans/shared-ban-desk.ts';
import type { FleetHub } from '../channel/fleet-hub.ts';
import type { Duty } from '../duties.ts';
import type { Engine } from '../engine.ts';
import { announceBans } from './ban-announcer.ts';
import { blockDuty } from './block-consumer.ts';

export interface BusParts {
  /** What only the orchestrator in charge does. */
  readonly duties: readonly Duty[];
  stop(): void;
}

/** Nothing where the engine is not on NATS. */
export function startBus(
  { bus, lease, ledger }: Engine,
  hub: FleetHub,
  { clock, logger }: { readonly clock: Clock; readonly logger: Logger },
): BusParts {
  if (bus === null) return { duties: [], stop: () => undefined };
  const { connection, prefix, authenticated, publishEvents, consumeCommands } = bus;
  const watch: Parameters<typeof announceBans>[0]['watch'] = (onEntry) => hub.watch(onEntry);
  const stop = publishEvents
    ? announceBans({ connection, prefix, ledgerId: ledger.id, lease, watch })
    : () => undefined;
  if (consumeCommands && !authenticated) {
    logger.info('Bans are not taken from NATS: [nats] has no credentials, so anybody could ask for them');
  }
  const duties =
    consumeCommands && authenticated ? [blockDuty({ bus, bans: new SharedBanDesk(hub), clock, logger })] : [];
  return { duties, stop };
}
