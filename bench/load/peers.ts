/**
 * The programs that are compared, each set up for the same duties with one thread: end TLS 1.3 with the same
 * certificate, forward over kept-alive connections, add X-Forwarded-For and X-Forwarded-Proto, log no requests,
 * cache nothing. The node additionally counts, limits and measures every request, as it always does.
 */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Runtime } from '../../scripts/runtime.mjs';
import { findTool, type Tool } from './tools.ts';
import { findFreePort, type Workspace } from './workspace.ts';

export type PeerName = 'node' | 'nginx' | 'haproxy' | 'caddy';

export interface PeerSetup {
  readonly workspace: Workspace;
  /** Port on which the program takes TLS connections. */
  readonly port: number;
  readonly originPort: number;
  readonly runtime: Runtime;
}

export interface PeerCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

const IDLE_SECONDS = 600;
const CONNECTIONS_MAX = 8000;

export async function nginxCommand(setup: PeerSetup): Promise<PeerCommand> {
  return nginxProxy(setup, 'nginx', { main: '', server: '' });
}

/** Directives added to the proxy: outside of all blocks, and in its server. */
export interface NginxExtras {
  readonly main: string;
  readonly server: string;
}

/** nginx as a proxy. @param name of its files and its log */
export function nginxProxy(
  { workspace, port, originPort }: PeerSetup,
  name: string,
  extras: NginxExtras,
): PeerCommand {
  const config = workspace.write(
    `${name}.conf`,
    `${extras.main}
${nginxBase(workspace, name)}
  upstream origin { server 127.0.0.1:${originPort}; keepalive 64; keepalive_requests 1000000000; }
  proxy_buffers 16 16k;
  proxy_max_temp_file_size 0;
  server {
    listen 127.0.0.1:${port} ssl http2 backlog=4096;
    ssl_certificate ${workspace.certificate};
    ssl_certificate_key ${workspace.key};
    ssl_protocols TLSv1.3;
    ssl_session_cache shared:tls:10m;
    ${extras.server}
    location / {
      proxy_pass http://origin;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $host;
      proxy_set_header X-Forwarded-For $remote_addr;
      proxy_set_header X-Forwarded-Proto $scheme;
    }
  }
}
`,
  );
  return nginxStart(config, workspace);
}

/** The part of an nginx configuration that proxy and origin share; the caller closes the http block. */
export function nginxBase(workspace: Workspace, name: string): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((kind) => `  ${kind}_temp_path ${workspace.folder}/${name}-${kind};`)
    .join('\n');
  return `${process.getuid?.() === 0 ? 'user root;' : ''}
daemon off;
worker_processes 1;
pid ${workspace.folder}/${name}.pid;
error_log stderr error;
events { worker_connections ${CONNECTIONS_MAX * 2}; }
http {
${temporary}
  access_log off;
  keepalive_timeout ${IDLE_SECONDS};
  keepalive_requests 1000000000;`;
}

export function nginxStart(config: string, workspace: Workspace): PeerCommand {
  return {
    command: findTool('nginx') ?? 'nginx',
    args: ['-e', 'stderr', '-p', workspace.folder, '-c', config],
  };
}

export async function haproxyCommand({ workspace, port, originPort }: PeerSetup): Promise<PeerCommand> {
  const config = workspace.write(
    'haproxy.cfg',
    `global
  nbthread 1
  maxconn ${CONNECTIONS_MAX}
  ssl-default-bind-options ssl-min-ver TLSv1.3
defaults
  mode http
  timeout connect 5s
  timeout client ${IDLE_SECONDS}s
  timeout server ${IDLE_SECONDS}s
  option http-keep-alive
  http-reuse always
frontend tls
  bind 127.0.0.1:${port} ssl crt ${workspace.combinedCertificate()} alpn h2,http/1.1 backlog 4096
  option forwardfor
  http-request set-header X-Forwarded-Proto https
  default_backend origin
backend origin
  server origin 127.0.0.1:${originPort}
`,
  );
  return { command: findTool('haproxy') ?? 'haproxy', args: ['-db', '-q', '-f', config] };
}

export async function caddyCommand({ workspace, port, originPort }: PeerSetup): Promise<PeerCommand> {
  const config = workspace.write(
    'Caddyfile',
    `{
  admin off
  auto_https off
  skip_install_trust
  servers {
    protocols h1 h2
    timeouts {
      idle ${IDLE_SECONDS}s
    }
  }
}
https://127.0.0.1:${port}, https://localhost:${port} {
  bind 127.0.0.1
  tls ${workspace.certificate} ${workspace.key} {
    protocols tls1.3
  }
  reverse_proxy 127.0.0.1:${originPort} {
    transport http {
      keepalive_idle_conns_per_host 64
    }
  }
}
`,
  );
  return {
    command: findTool('caddy') ?? 'caddy',
    args: ['run', '--adapter', 'caddyfile', '--config', config],
    env: {
      GOMAXPROCS: '1',
      HOME: workspace.folder,
      XDG_DATA_HOME: workspace.folder,
      XDG_CONFIG_HOME: workspace.folder,
    },
  };
}

export async function nodeCommand(setup: PeerSetup): Promise<PeerCommand> {
  return nodeWith(setup, 'node', { blacklist: [], waf: WAF_OFF });
}

/** The node with this machine on its blacklist: it refuses every connection of the load generator. */
export async function refusingNodeCommand(setup: PeerSetup): Promise<PeerCommand> {
  return nodeWith(setup, 'refusing', { blacklist: ['127.0.0.1'], waf: WAF_OFF });
}

/** Of the node's configuration, what differs between its programs. */
export interface NodeExtras {
  readonly blacklist: readonly string[];
  /** The keys of the section [waf]. */
  readonly waf: string;
}

export const WAF_OFF = 'enabled = false';

/** The node. @param name of its files and its log */
export async function nodeWith(
  setup: PeerSetup,
  name: string,
  { blacklist, waf }: NodeExtras,
): Promise<PeerCommand> {
  const { workspace, port, originPort, runtime } = setup;
  const config = workspace.write(
    `${name}.toml`,
    `[network]
listen_addr = "127.0.0.1:${port}"
backend_addr = "127.0.0.1:${originPort}"
workers = 1
[network.tls]
cert_path = "${workspace.certificate}"
key_path = "${workspace.key}"
tls_port = ${port}
min_version = "1.3"
[http]
idle_timeout_seconds = ${IDLE_SECONDS}
[ddos.rate_limiting]
requests_per_second = 10000000
[ddos.connection_limits]
max_connections_per_ip = ${CONNECTIONS_MAX}
max_total_connections = ${CONNECTIONS_MAX}
max_new_connections_per_second = 10000000
max_concurrent_handshakes = ${CONNECTIONS_MAX}
[ddos.blacklist]
manual_blacklist = [${blacklist.map((address) => `"${address}"`).join(', ')}]
[waf]
${waf}
[metrics]
listen_addr = "127.0.0.1:${await findFreePort()}"
[logging]
level = "warn"
access_log = false
[orchestrator]
enabled = false
[management]
listen_addr = "127.0.0.1:${await findFreePort()}"
[state]
dir = "${workspace.folder}/${name}-state"
`,
  );
  const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
  return { command: runtime.path, args: [...runtime.args, main, 'node', '--config', config] };
}

export interface PeerDefinition {
  readonly tool: Tool | null;
  readonly prepare: (setup: PeerSetup) => Promise<PeerCommand>;
  /** Prints the version. */
  readonly version: readonly string[];
}

export const PEERS: Readonly<Record<PeerName, PeerDefinition>> = {
  node: { tool: null, prepare: nodeCommand, version: [] },
  nginx: { tool: 'nginx', prepare: nginxCommand, version: ['-v'] },
  haproxy: { tool: 'haproxy', prepare: haproxyCommand, version: ['-v'] },
  caddy: { tool: 'caddy', prepare: caddyCommand, version: ['version'] },
};

/** What a program says its version is, in one short line. */
export function readPeerVersion(name: PeerName, runtime: Runtime): string {
  const { tool, version } = PEERS[name];
  if (tool === null) return `${runtime.name} ${runtime.version}`;
  const path = findTool(tool);
  if (path === null) return 'missing';
  const said = execFileSync('sh', ['-c', '"$0" "$@" 2>&1', path, ...version], { encoding: 'utf8' });
  return /\d+(?:\.\d+)+/.exec(said)?.[0] ?? 'unknown';
}
