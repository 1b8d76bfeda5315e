/** Who the node is for its orchestrator, from the configuration and the state folder: its id, and its certificate. */
import { readFile } from 'node:fs/promises';
import type { Config } from '../config/schema.ts';
import type { Random } from '../core/back-off.ts';
import type { Clock } from '../core/clock.ts';
import { messageOf } from '../core/error-message.ts';
import type { Logger } from '../core/logger.ts';
import { fail, ok, type Result } from '../core/result.ts';
import type { Timers } from '../core/timers.ts';
import { fetchPinnedAuthority } from '../tls/authority/pinned-authority.ts';
import { createNodeId } from './control/certificate-calls.ts';
import type { FailoverTransport } from './control/failover-transport.ts';
import { Membership } from './control/membership.ts';
import {
  type NodeCertificate,
  readNodeCertificate,
  writeNodeCertificate,
} from './control/node-certificate.ts';
import { readNodeId, writeNodeId } from './control/node-identity.ts';
import type { OrchestratorClient } from './control/orchestrator-client.ts';

export interface FleetIdentity {
  /** Null lets the orchestrator give one. */
  readonly nodeId: string | null;
  /** Null for a node that has none, or needs none. */
  readonly certificate: NodeCertificate | null;
}

const AUTHORITY_TIMEOUT_MS = 10_000;
const HTTPS_PORT = 443;

/** Reads what there is. A node that is about to be enrolled gets an id here, because its certificate is for one. */
export async function readFleetIdentity(config: Config): Promise<Result<FleetIdentity, string>> {
  const stateDir = config.state.dir;
  const known = await readNodeId({ configured: config.orchestrator.node_id ?? null, stateDir });
  if (!known.ok) return known;
  if (!config.orchestrator.server_url.startsWith('https:'))
    return ok({ nodeId: known.value, certificate: null });
  const kept = await readNodeCertificate(stateDir);
  if (!kept.ok) return kept;
  const certificate = kept.value;
  if (certificate !== null && certificate.nodeId !== (known.value ?? certificate.nodeId)) {
    return fail(
      `the certificate in ${stateDir} is for the node ${certificate.nodeId}, but this is ${known.value}: ` +
        'remove node_certificate.pem and enrol the node anew',
    );
  }
  const nodeId = known.value ?? certificate?.nodeId ?? null;
  if (nodeId !== null || config.orchestrator.enrolment_token === undefined)
    return ok({ nodeId, certificate });
  const made = createNodeId();
  const written = await writeNodeId(stateDir, made);
  return written.ok ? ok({ nodeId: made, certificate }) : written;
}

export interface MembershipOptions {
  readonly config: Config;
  readonly identity: FleetIdentity;
  readonly transport: FailoverTransport<OrchestratorClient>;
  readonly timers: Timers;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

/** Null where the orchestrator is called without TLS. */
export function createMembership(options: MembershipOptions): Membership | null {
  const { config, identity, transport, timers, clock, random, logger } = options;
  const { server_url: serverUrl, enrolment_token: enrolmentToken = null } = config.orchestrator;
  if (!serverUrl.startsWith('https:')) return null;
  return new Membership({
    ...{ transport, timers, clock, random, logger, enrolmentToken },
    nodeId: identity.nodeId ?? '',
    kept: identity.certificate,
    findAuthority: () => findAuthority(config.orchestrator),
    useTls: (tls) => {
      for (const client of transport.all) client.useTls(tls);
    },
    keep: (certificate) => writeNodeCertificate(config.state.dir, certificate),
  });
}

async function findAuthority(orchestrator: Config['orchestrator']): Promise<Result<string | null, string>> {
  const { ca_path: path, ca_fingerprint: fingerprint, server_url: serverUrl } = orchestrator;
  if (path !== undefined) {
    try {
      return ok(await readFile(path, 'utf8'));
    } catch (error) {
      return fail(`orchestrator.ca_path cannot be read: ${messageOf(error)}`);
    }
  }
  if (fingerprint === undefined) return ok(null);
  const { hostname, port } = new URL(serverUrl);
  return fetchPinnedAuthority({
    host: hostname.replace(/^\[(.*)\]$/, '$1'),
    port: port === '' ? HTTPS_PORT : Number(port),
    fingerprint: fingerprint.replaceAll(':', '').toLowerCase(),
    timeoutMs: AUTHORITY_TIMEOUT_MS,
  });
}
