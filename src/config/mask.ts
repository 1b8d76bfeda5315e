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
    const section = key.section
      .split('.')
      .reduce((table, name) => table[name] as Record<string, unknown>, masked);
    if (key.secret) section[key.name] = SECRET_MASK;
    else if (key.kind === 'tables') maskTables(section[key.name] as Record<string, unknown>[], key.entries);
  }
  return deepFreeze(masked as Config);
}

function maskTables(tables: readonly Record<string, unknown>[], keys: readonly ConfigKey[]): void {
  for (const table of tables) {
    for (const { name, secret } of keys) {
      if (secret && table[name] !== undefined) table[name] = SECRET_MASK;
    }
  }
}
