/** Settings that follow another one while they are not written themselves. */
import { KEYS_BY_PATH } from './keys.ts';
import { parseListenAddress } from './listen-address.ts';
import type { Settings } from './settings.ts';

/** Who moves the listener to another port need not write the same number twice. */
export function deriveSettings(settings: Settings): Settings {
  const listener = settings.get('network.listen_addr');
  const key = KEYS_BY_PATH.get('network.tls.tls_port');
  if (listener === undefined || key === undefined || settings.has(key.path)) return settings;
  const address = typeof listener.value === 'string' ? parseListenAddress(listener.value) : null;
  return address?.ok === true
    ? new Map([...settings, [key.path, { ...listener, key, value: address.value.port }]])
    : settings;
}
