/**
 * Configurations for nodes under test: everything on free ports and in a folder of its own, limits far away.
 *
 * A test names only the keys it is about; they are laid over these.
 */
import { createServer } from 'node:net';
import { join } from 'node:path';
import { stringify } from 'smol-toml';

/** Keys as in the configuration file. */
export type Settings = { readonly [key: string]: Setting };
export type Setting = string | number | boolean | readonly string[] | readonly Settings[] | Settings;

/**
 * A loopback address that belongs to this process, for listeners with a fixed port: test files that run at the
 * same time cannot take each other's ports.
 */
export const OWN_HOST = `127.${200 + (process.pid & 7)}.${(process.pid >> 3) & 255}.${1 + ((process.pid >> 11) & 127)}`;

const LIMITS_FAR_AWAY: Settings = {
  rate_limiting: { requests_per_second: 1_000_000, burst_size: 1_000_000 },
  connection_limits: {
    max_connections_per_ip: 10_000,
    max_total_connections: 10_000,
    max_new_connections_per_second: 1_000_000,
  },
};

/** What nodes have in common; `folder` keeps their state and certificate. */
export async function baseSettings(folder: string, originPort: number, workers: number): Promise<Settings> {
  const [metricsPort, managementPort] = await Promise.all([freePort(), freePort()]);
  return {
    network: {
      listen_addr: '127.0.0.1:0',
      backend_addr: `127.0.0.1:${originPort}`,
      workers,
      tls: { cert_path: join(folder, 'cert.pem'), key_path: join(folder, 'key.pem') },
    },
    metrics: { listen_addr: `${OWN_HOST}:${metricsPort}` },
    management: { listen_addr: `${OWN_HOST}:${managementPort}`, shutdown_grace_period: 10 },
    ddos: LIMITS_FAR_AWAY,
    state: { dir: join(folder, 'state') },
    orchestrator: { enabled: false },
  };
}

/** Lays settings over others, key by key. */
export function overlay(below: Settings, above: Settings): Settings {
  const merged: Record<string, Setting> = { ...below };
  for (const [key, value] of Object.entries(above)) {
    const before = merged[key];
    merged[key] = isSection(before) && isSection(value) ? overlay(before, value) : value;
  }
  return merged;
}

export function toToml(settings: Settings): string {
  return `${stringify(settings)}\n`;
}

/** A port of this process's own address that nothing listens on. */
export async function freePort(): Promise<number> {
  const server = createServer();
  const listening = Promise.withResolvers<void>();
  server.listen(0, OWN_HOST, () => listening.resolve());
  await listening.promise;
  const address = server.address();
  const closed = Promise.withResolvers<void>();
  server.close(() => closed.resolve());
  await closed.promise;
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function isSection(value: Setting | undefined): value is Settings {
  return typeof value === 'object' && !Array.isArray(value);
}
