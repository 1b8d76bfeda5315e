/** What the fleet lays over a node's own configuration, and what comes of it. */
import type { LayerText } from '../config/layers.ts';
import type { Config } from '../config/schema.ts';
import type { FleetMode } from '../messages/entries/modes.ts';
import { hardenConfig } from './under-attack.ts';

export interface FleetSettings {
  /** Names all layers together; 0 for none, null before the node has heard of any. */
  readonly revision: number | null;
  /** The broadest first. */
  readonly layers: readonly LayerText[];
  readonly mode: FleetMode;
}

/** A node that has never heard of a fleet. */
export const NO_FLEET: FleetSettings = { revision: null, layers: [], mode: 'normal' };

/** What is in force in this mode; `config` is the node's own with the layers over it. */
export function inMode(config: Config, mode: FleetMode): Config {
  return mode === 'under_attack' ? hardenConfig(config) : config;
}

/** Whether the texts are the same, whatever their numbers. */
export function sameTexts(one: readonly LayerText[], other: readonly LayerText[]): boolean {
  return (
    one.length === other.length &&
    one.every(({ scope, toml }, index) => scope === other[index]?.scope && toml === other[index].toml)
  );
}
