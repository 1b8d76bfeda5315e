/** The configuration as it may be shown: what the schema marks as secret is replaced. */
import { CONFIG_KEYS, readKey } from './keys.ts';
import { type Config, deepFreeze } from './schema.ts';

/** Stands for a secret, whatever its length. */
export const SECRET_MASK = '********';

/** A frozen copy in which every secret that is set reads as the mask. */
export function maskSecrets(config: Config): Config {
  const masked = structuredClone(config) as Record<string, unknown>;
  for (const key of CONFIG_KEYS) {
    if (key.secret && readKey(config, key) !== undefined) {
      const section = key.section
        .split('.')
        .reduce((table, name) => table[name] as Record<string, unknown>, masked);
      section[key.name] = SECRET_MASK;
    }
  }
  return deepFreeze(masked as Config);
}
