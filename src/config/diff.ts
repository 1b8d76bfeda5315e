/** What changed between two configurations, and what of it waits for a restart. */
import { CONFIG_KEYS, type ConfigKey, type ConfigValue, readKey } from './keys.ts';
import type { Config } from './schema.ts';

/** Paths of the keys whose change takes effect at the next start only. */
export const RESTART_KEYS: ReadonlySet<string> = new Set(
  CONFIG_KEYS.filter((key) => key.restart).map((key) => key.path),
);

/** Paths of the keys whose values differ, in the order of the file. */
export function diffConfig(before: Config, after: Config): readonly string[] {
  return CONFIG_KEYS.filter((key) => !isEqual(readKey(before, key), readKey(after, key))).map(
    (key) => key.path,
  );
}

export function needsRestart(path: string): boolean {
  return RESTART_KEYS.has(path);
}

/** The wanted configuration with what waits for a restart as it is running: all that is in force until then. */
export function keepUntilRestart(running: Config, wanted: Config): Config {
  const kept = structuredClone(wanted);
  for (const key of CONFIG_KEYS) if (key.restart) writeKey(kept, key, readKey(running, key));
  return kept;
}

function writeKey(config: Config, { path, name }: ConfigKey, value: ConfigValue | undefined): void {
  let section = config as unknown as Record<string, unknown>;
  for (const step of path.split('.').slice(0, -1)) section = section[step] as Record<string, unknown>;
  if (value === undefined) delete section[name];
  else section[name] = value;
}

function isEqual(one: ConfigValue | undefined, other: ConfigValue | undefined): boolean {
  if (typeof one !== 'object' || typeof other !== 'object') return one === other;
  return JSON.stringify(one) === JSON.stringify(other);
}
