/**
 * Who calls, and whether they may, decided before the body of a request is read.
 *
 * With TLS a node is known by its certificate and may speak for itself only; people and programs are known by their token.
 * Neither opens the routes of the other. Without TLS, which is for loopback listeners, nodes call with a token as well, and
 * as long as there is no token at all, whoever reaches the listener may do everything.
 */
import { timingSafeEqual } from 'node:crypto';
import type { Context, MiddlewareHandler } from 'hono';
import type { FleetMembers } from '../../fleet/fleet-members.ts';
import type { Role } from '../../messages/entries/identity.ts';
import type { Author } from '../../messages/ledger-entry.ts';
import { parseApiToken, sha256 } from '../identity/secrets.ts';
import type { TokenVerifier } from '../identity/token-verifier.ts';
import { type Access, accessOf, mayAct } from './access.ts';
import { setCaller } from './caller.ts';
import type { RequestBindings, TlsPeer } from './peer.ts';
import { type ProblemCode, replyProblem } from './problems.ts';

export interface AccessDeps {
  /** Tokens of the configuration, an admin's each. */
  readonly tokens: readonly string[];
  readonly loopbackOnly: boolean;
  readonly members: () => FleetMembers;
  readonly verifier: TokenVerifier;
  readonly wallMs: () => number;
  readonly onRefused: () => void;
}

interface Refusal {
  readonly code: ProblemCode;
  readonly detail?: string;
}

type Judgement =
  | { readonly kind: 'admitted'; readonly author: Author; readonly role: Role | null }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

/** Lets through who may, and notes who it is. */
export function guardAccess(deps: AccessDeps): MiddlewareHandler {
  const guard = new AccessGuard(deps);
  return async (context, next) => {
    const { access, id } = accessOf(context);
    if (access === 'open' || access === 'enrolment') return next();
    const judgement = await guard.judge(context, access, id);
    if (judgement.kind === 'refused') return guard.refuse(context, judgement.refusal);
    setCaller(context, judgement.author);
    await next();
    // A node that was revoked while it waited hears no more either.
    const { peer } = (context.env ?? {}) as RequestBindings;
    if (access === 'node' && peer?.kind === 'node' && !guard.admits(peer)) {
      context.res = undefined;
      context.res = guard.refuse(context, REVOKED);
    }
    return undefined;
  };
}

const REVOKED: Refusal = {
  code: 'certificate_refused',
  detail: 'The certificate was revoked, has expired, or was never given out here; enrol the node anew.',
};

class AccessGuard {
  readonly #deps: AccessDeps;
  readonly #configured: readonly Buffer[];

  constructor(deps: AccessDeps) {
    this.#deps = deps;
    this.#configured = deps.tokens.map(sha256);
  }

  admits({ nodeId, serial }: Extract<TlsPeer, { kind: 'node' }>): boolean {
    return this.#deps.members().admits(nodeId, serial, this.#deps.wallMs());
  }

  async judge(context: Context, access: Exclude<Access, 'open' | 'enrolment'>, id: string | null) {
    const { peer } = (context.env ?? {}) as RequestBindings;
    if (access === 'node' && peer !== undefined) return this.#judgeNode(peer, id);
    const called = await this.#judgeToken(context, peer);
    if (called.kind === 'refused') return called;
    // Without TLS a node shows the token that its operator gave it.
    const needed = access === 'node' ? 'admin' : access;
    if (called.role !== null && mayAct(called.role, needed)) return called;
    return refused('forbidden', `This call needs the role ${needed}.`);
  }

  refuse(context: Context, { code, detail }: Refusal): Response {
    this.#deps.onRefused();
    const headers: Record<string, string> = code === 'unauthorized' ? { 'WWW-Authenticate': 'Bearer' } : {};
    if (code === 'too_many_attempts') headers['Retry-After'] = '1';
    return replyProblem(context, code, { headers, ...(detail === undefined ? {} : { detail }) });
  }

  #judgeNode(peer: TlsPeer, id: string | null): Judgement {
    if (peer.kind === 'anonymous') return refused('certificate_needed');
    if (peer.kind === 'refused') return refused('certificate_refused', `The handshake says ${peer.reason}.`);
    if (!this.admits(peer)) return { kind: 'refused', refusal: REVOKED };
    if (id !== null && id.toLowerCase() !== peer.nodeId) return refused('not_this_node');
    return { kind: 'admitted', author: { kind: 'node', id: peer.nodeId }, role: null };
  }

  async #judgeToken(context: Context, peer: TlsPeer | undefined): Promise<Judgement> {
    const text = bearerToken(context.req.header('authorization'));
    const given = sha256(text);
    // All of them are compared, in constant time, so that the time of an answer tells nothing about a token.
    const matches = this.#configured.map((token) => timingSafeEqual(token, given));
    if (matches.includes(true)) return admitted({ kind: 'token', id: 'configured' }, 'admin');
    if ((peer === undefined || peer.kind === 'anonymous') && this.#isLeftOpen()) {
      return admitted({ kind: 'local', id: 'local' }, 'admin');
    }
    const named = parseApiToken(text);
    if (named === null) {
      return peer?.kind === 'node'
        ? refused('forbidden', 'Certificates of nodes open the routes of nodes only.')
        : refused('unauthorized');
    }
    const verdict = await this.#deps.verifier.verify(named);
    switch (verdict.kind) {
      case 'genuine':
        return admitted({ kind: 'token', id: verdict.token.id }, verdict.token.role);
      case 'expired':
        return refused('unauthorized', 'This token has expired.');
      case 'busy':
        return refused('too_many_attempts');
      case 'refused':
        return refused('unauthorized');
    }
  }

  /** A listener that only this machine reaches, and nobody has made a token yet, not even one that has expired since. */
  #isLeftOpen(): boolean {
    return (
      this.#deps.loopbackOnly && this.#configured.length === 0 && this.#deps.members().tokens().length === 0
    );
  }
}

function admitted(author: Author, role: Role): Judgement {
  return { kind: 'admitted', author, role };
}

function refused(code: ProblemCode, detail?: string): Judgement {
  return { kind: 'refused', refusal: { code, ...(detail === undefined ? {} : { detail }) } };
}

function bearerToken(authorization: string | undefined): string {
  return /^Bearer +([\x21-\x7e]+)$/i.exec(authorization ?? '')?.[1] ?? '';
}
