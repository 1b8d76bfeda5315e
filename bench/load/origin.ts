/** The origin behind all programs: nginx with two fixed answers over kept-alive connections. */
import { BODIES } from './bodies.ts';
import { nginxBase, nginxStart, type PeerCommand } from './peers.ts';
import type { Workspace } from './workspace.ts';

export function originCommand(workspace: Workspace, port: number): PeerCommand {
  workspace.write('large', 'x'.repeat(BODIES.large.bytes));
  const config = workspace.write(
    'origin.conf',
    `${nginxBase(workspace, 'origin')}
  sendfile on;
  default_type text/plain;
  server {
    listen 127.0.0.1:${port} backlog=4096;
    location = ${BODIES.small.path} { return 200 "${'x'.repeat(BODIES.small.bytes)}"; }
    client_max_body_size 16m;
    location / { return 200 "${'x'.repeat(BODIES.small.bytes)}"; }
    location = ${BODIES.large.path} { root ${workspace.folder}; }
  }
}
`,
  );
  return nginxStart(config, workspace);
}
