/** Which file the configuration is read from. */
import type { Environment } from './environment.ts';

/** Relative to the working directory. */
export const DEFAULT_CONFIG_PATH = 'config/default.toml';

export interface ConfigLocation {
  readonly path: string;
  /** Somebody named this file: that it is missing is a fault. The default file may be missing. */
  readonly explicit: boolean;
}

/** The `--config` option, else `SECBEAT_CONFIG`, else the default file. */
export function locateConfig(option: string | undefined, environment: Environment): ConfigLocation {
  const named = option ?? environment.SECBEAT_CONFIG;
  return named === undefined || named === ''
    ? { path: DEFAULT_CONFIG_PATH, explicit: false }
    : { path: named, explicit: true };
}
