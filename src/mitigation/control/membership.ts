/**
 * The node's place in the fleet as far as TLS is concerned: it finds out whom to trust, is enrolled where it has no
 * certificate, and renews the one that it has when two thirds of its time are over.
 *
 * It never gives up and never blocks: until it has what it needs the node serves without an orchestrator, and attempts
 * come with growing pauses.
 */

import { growingPause, type Random, spread } from '../../core/back-off.ts';
import type { Clock } from '../../core/clock.ts';
import type { Logger } from '../../core/logger.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { pause, type Timers } from '../../core/timers.ts';
import { BACKDATE_MS } from '../../tls/authority/certificate-authority.ts';
import { type ClientRequest, createClientRequest } from '../../tls/authority/client-request.ts';
import { enrolNode, renewCertificate } from './certificate-calls.ts';
import { type NodeCertificate, nameOfToken } from './node-certificate.ts';
import type { ClientTls } from './orchestrator-client.ts';
import type { OrchestratorTransport } from './orchestrator-transport.ts';

export interface MembershipDeps {
  readonly nodeId: string;
  /** What the node has; null for nothing. */
  readonly kept: NodeCertificate | null;
  /** Null where the node is not to be enrolled. */
  readonly enrolmentToken: string | null;
  /** The authority of the orchestrator, in PEM; null for those of the system. */
  readonly findAuthority: () => Promise<Result<string | null, string>>;
  readonly transport: OrchestratorTransport;
  /** For connections from now on. */
  readonly useTls: (tls: ClientTls) => void;
  readonly keep: (certificate: NodeCertificate) => Promise<Result<void, string>>;
  readonly timers: Timers;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

const FIRST_PAUSE_MS = 1000;
/** Renewals of many nodes that were enrolled together spread over this share of the time that is left. */
const SPREAD_SHARE = 0.2;
/** Timers cannot wait for much longer than this, and a clock that is stepped is noticed. */
const LOOK_MS = 3_600_000;

export class Membership {
  readonly #deps: MembershipDeps;
  readonly #stopping = new AbortController();
  /** With the key of the first certificate. */
  #request: ClientRequest | null = null;

  constructor(deps: MembershipDeps) {
    this.#deps = deps;
  }

  /** Calls back once the orchestrator can be called; goes on renewing. */
  start(onReady: () => void): void {
    void this.#run(onReady);
  }

  stop(): void {
    this.#stopping.abort();
  }

  async #run(onReady: () => void): Promise<void> {
    const { signal } = this.#stopping;
    const certificate = await this.#begin(signal);
    if (signal.aborted) return;
    onReady();
    if (certificate !== null) await this.#renew(certificate, signal);
  }

  /** Resolves once there is what can be had: a certificate, or null where none is wanted. */
  async #begin(signal: AbortSignal): Promise<NodeCertificate | null> {
    const { kept, enrolmentToken: token, useTls, clock, timers, random, logger } = this.#deps;
    const usable = kept !== null && kept.expiresAtMs > clock.wallMs() ? kept : null;
    const isNewToken = token !== null && (kept === null || kept.enrolledWith !== nameOfToken(token));
    if (kept !== null && usable === null) {
      logger.error('The certificate of this node has expired; it needs another enrolment token');
    }
    for (let failures = 1; !signal.aborted; failures++) {
      const begun = isNewToken
        ? await this.#enrol(token, signal)
        : usable === null
          ? await this.#trust()
          : ok(usable);
      if (begun.ok) {
        if (begun.value !== null) useTls(toTls(begun.value));
        return begun.value;
      }
      logger.warn('The node could not be enrolled', { attempt: failures, error: begun.fault });
      if (usable !== null) {
        useTls(toTls(usable));
        return usable;
      }
      await pause(timers, growingPause(FIRST_PAUSE_MS, failures, random), signal);
    }
    return null;
  }

  /** Without a certificate: a token of the configuration has to do. */
  async #trust(): Promise<Result<null, string>> {
    const authority = await this.#deps.findAuthority();
    if (!authority.ok) return authority;
    if (authority.value !== null) this.#deps.useTls({ caPem: authority.value, identity: null });
    return ok(null);
  }

  async #enrol(token: string, signal: AbortSignal): Promise<Result<NodeCertificate, string>> {
    const { findAuthority, useTls, transport, nodeId, keep, logger } = this.#deps;
    const authority = await findAuthority();
    if (!authority.ok) return authority;
    const { value: caPem } = authority;
    if (caPem === null) return fail('the authority of the orchestrator is not known');
    useTls({ caPem, identity: null });
    this.#request ??= await createClientRequest(nodeId);
    const call = { nodeId, token, request: this.#request, enrolledWith: nameOfToken(token), caPem };
    const enrolled = await enrolNode(transport, call, signal);
    if (!enrolled.ok) return enrolled;
    const kept = await keep(enrolled.value);
    if (!kept.ok) logger.error('The certificate of this node could not be kept', { error: kept.fault });
    logger.info('The node is enrolled', { node_id: nodeId });
    return enrolled;
  }

  async #renew(first: NodeCertificate, signal: AbortSignal): Promise<void> {
    const { transport, useTls, keep, clock, timers, random, logger } = this.#deps;
    let certificate = first;
    let failures = 0;
    let dueMs = renewalMs(certificate, random);
    while (!signal.aborted) {
      const waitMs = failures > 0 ? growingPause(FIRST_PAUSE_MS, failures, random) : dueMs - clock.wallMs();
      await pause(timers, Math.min(waitMs, LOOK_MS), signal);
      if (signal.aborted || clock.wallMs() < dueMs) continue;
      const renewed = await renewCertificate(transport, certificate, signal);
      if (signal.aborted) return;
      if (!renewed.ok) {
        failures += 1;
        logger.warn('The certificate of this node could not be renewed', {
          attempt: failures,
          error: renewed.fault,
        });
        continue;
      }
      failures = 0;
      certificate = renewed.value;
      dueMs = renewalMs(certificate, random);
      const kept = await keep(certificate);
      if (!kept.ok) logger.error('The certificate of this node could not be kept', { error: kept.fault });
      useTls(toTls(certificate));
      logger.info('The certificate of this node is renewed');
    }
  }
}

/** When two thirds of the time are over, or a little later. */
function renewalMs({ notBeforeMs, expiresAtMs }: NodeCertificate, random: Random): number {
  const lifetimeMs = Math.max(0, expiresAtMs - notBeforeMs - BACKDATE_MS);
  return expiresAtMs - spread(lifetimeMs / 3, SPREAD_SHARE, random);
}

function toTls({ caPem, certPem, keyPem }: NodeCertificate): ClientTls {
  return { caPem, identity: { certPem, keyPem } };
}
