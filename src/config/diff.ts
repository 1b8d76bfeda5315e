/** What changed between two configurations, and what of it waits for a restart. */
import { CONFIG_KEYS, type ConfigValue, readKey } from './keys.ts';
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

function isEqual(one: ConfigValue | undefined, other: ConfigValue | undefined): boolean {
  if (typeof one !== 'object' || typeof other !== 'object') return one === other;
  return JSON.stringify(one) === JSON.stringify(other);
}
