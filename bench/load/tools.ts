/**
 * The programs that the comparison needs beyond the project: looked up on PATH, installed from Debian when missing.
 *
 * Installing needs root and apt-get. Services of freshly installed packages are kept from starting, since the
 * comparison starts its own copies; what cannot be installed is named, and the rows that need it are left out.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';

/** Program and the Debian package that brings it. */
const PACKAGES = {
  nginx: 'nginx-light',
  haproxy: 'haproxy',
  caddy: 'caddy',
  modsecurity: 'libnginx-mod-http-modsecurity',
  wrk: 'wrk',
  hey: 'hey',
  h2load: 'nghttp2-client',
  openssl: 'openssl',
  taskset: 'util-linux',
  prlimit: 'util-linux',
} as const;

export type Tool = keyof typeof PACKAGES;

const INSTALL_TIMEOUT_MS = 10 * 60_000;

/** Debian's way to keep packages from starting services while they are installed. */
const SERVICE_POLICY = '/usr/sbin/policy-rc.d';

/** System programs stand in folders that an ordinary user's PATH leaves out. */
const FOLDERS = [...(process.env.PATH ?? '').split(':'), '/usr/local/sbin', '/usr/sbin', '/sbin'];

/** Where nginx keeps its modules. */
const MODULES = ['/usr/lib/nginx/modules', '/usr/share/nginx/modules'];

function findModule(): string | null {
  const paths = MODULES.map((folder) => `${folder}/ngx_http_modsecurity_module.so`);
  return paths.find((path) => existsSync(path)) ?? null;
}

/** Where a program is, or null; of `modsecurity` the module for nginx. */
export function findTool(tool: Tool): string | null {
  if (tool === 'modsecurity') return findModule();
  return FOLDERS.map((folder) => `${folder}/${tool}`).find((path) => existsSync(path)) ?? null;
}

/** Finds the programs, after an attempt to install what is missing. Returns those that are still missing. */
export function provideTools(tools: readonly Tool[], install: boolean): Tool[] {
  const missing = tools.filter((tool) => findTool(tool) === null);
  if (missing.length === 0 || !install) return missing;
  const fault = installPackages([...new Set(missing.map((tool) => PACKAGES[tool]))]);
  if (fault !== null) console.error(fault);
  return missing.filter((tool) => findTool(tool) === null);
}

function installPackages(packages: readonly string[]): string | null {
  const wanted = packages.join(' ');
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    return `Missing: ${wanted}. As root on Debian they would be installed now; elsewhere install them by hand.`;
  }
  console.error(`installing ${wanted} from Debian`);
  const hasPolicy = existsSync(SERVICE_POLICY);
  if (!hasPolicy) writeFileSync(SERVICE_POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  const update = aptGet(['update']);
  const outcome = update ?? aptGet(['install', '--yes', '--no-install-recommends', ...packages]);
  if (!hasPolicy) rmSync(SERVICE_POLICY, { force: true });
  return outcome;
}

function aptGet(args: readonly string[]): string | null {
  const run = spawnSync('apt-get', ['-qq', ...args], {
    encoding: 'utf8',
    timeout: INSTALL_TIMEOUT_MS,
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  if (run.status === 0) return null;
  return `apt-get ${args[0]} failed: ${(run.stderr ?? '').trim() || (run.error?.message ?? run.status)}`;
}
