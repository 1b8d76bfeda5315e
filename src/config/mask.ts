/** The configuration as it may be shown: what the schema marks as secret is replaced. */
import { CONFIG_KEYS, type ConfigKey, readKey } from './keys.ts';
import { type Config, deepFreeze } from './schema.ts';

/** Stands for a secret, whatever its length. */
export const SECRET_MASK = '********';

/** A frozen copy in which every secret that is set reads as the mask. */
export function maskSecrets(config: Config): Config {
  const masked = structuredClone(config) as Record<string, unknown>;
  for (const key of CONFIG_KEYS) {
    if (readKey(config, key) === undefined) continue;
    const names = key.path.split('.').slice(0, -1);
    maskKey(
      names.reduce((table, name) => table[name] as Record<string, unknown>, masked),
      key,
    );
  }
  return deepFreeze(masked as Config);
}

/** Masks one key of a table, with all that lies within it; no deeper than the schema. */
function maskKey(table: Record<string, unknown>, key: ConfigKey): void {
  const value = table[key.name];
  if (value === undefined) return;
  if (key.secret) {
    table[key.name] = Array.isArray(value) ? value.map(() => SECRET_MASK) : SECRET_MASK;
    return;
  }
  if (key.kind !== 'table' && key.kind !== 'tables') return;
  for (const inner of [value].flat()) {
    for (const entry of key.entries) maskKey(inner as Record<string, unknown>, entry);
  }
}
