/**
 * What a node starts with: its own configuration, and over it what the fleet had in force here last, so that a node which
 * starts while the orchestrator is away is as strict as it was.
 *
 * A kept policy must never keep a node from starting: behind each choice stands one without it.
 */
import type { LayerText } from '../config/layers.ts';
import type { Config } from '../config/schema.ts';
import type { Logger } from '../core/logger.ts';
import type { Result } from '../core/result.ts';
import { readKeptFleet } from './control/kept-fleet.ts';
import { type FleetSettings, NO_FLEET } from './fleet-settings.ts';

export interface StartSettings {
  /** The node's own with the layers over it, as usual, whatever the mode. */
  readonly config: Config;
  readonly fleet: FleetSettings;
}

export interface StartSources {
  /** The node's own. */
  readonly config: Config;
  readonly readConfig: (layers: readonly LayerText[]) => Result<Config, readonly string[]>;
  readonly log: Logger;
}

/** What to start with: the first, and if that does not work the one behind it. */
export function startSettings({
  config,
  readConfig,
  log,
}: StartSources): readonly [StartSettings, ...StartSettings[]] {
  if (!config.orchestrator.enabled) return [{ config, fleet: NO_FLEET }];
  const kept = readKeptFleet(config.state.dir);
  if (!kept.ok) log.error('The kept policy of the fleet cannot be used', { error: kept.fault });
  const fleet = kept.ok && kept.value !== null ? kept.value : NO_FLEET;
  if (fleet.layers.length === 0) return [{ config, fleet }];
  const without = { config, fleet: { ...NO_FLEET, mode: fleet.mode } };
  const read = readConfig(fleet.layers);
  if (read.ok) return [{ config: read.value, fleet }, without];
  logRefused(log, read.fault);
  return [without];
}

/** Starts with the first settings that work; resolves with the last outcome. */
export async function startWithAny<Started>(
  [first, ...others]: readonly [StartSettings, ...StartSettings[]],
  start: (settings: StartSettings) => Promise<Result<Started, readonly string[]>>,
  log: Logger,
): Promise<Result<Started, readonly string[]>> {
  let outcome = await start(first);
  for (const settings of others) {
    if (outcome.ok) break;
    logRefused(log, outcome.fault);
    outcome = await start(settings);
  }
  return outcome;
}

function logRefused(log: Logger, faults: readonly string[]): void {
  log.error('The kept policy of the fleet is refused, starting without it', { faults });
}
