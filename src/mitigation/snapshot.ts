/**
 * The policy that requests are judged by, compiled once from the configuration: units converted, lists
 * indexed, patterns built. Immutable; a reload builds a new one and swaps a single reference, and a request
 * is judged by one snapshot from its first octet to its last.
 */
import type { AccessLists } from '../core/access-lists.ts';
import type { ClientLimits } from '../core/client-limits.ts';
import type { PrefixSet } from '../core/prefix-set.ts';
import type { RequestLimits } from '../http/parse-request.ts';
import type { RedactionPolicy } from '../waf/audit/redact.ts';
import type { BodyLimits } from '../waf/bodies/parsed-body.ts';
import type { RuleEntry } from '../waf/compile-inspector.ts';
import type { Inspector } from '../waf/inspector.ts';

export interface Snapshot {
  /** Rises by one with every configuration that came into force. */
  readonly revision: number;
  readonly lists: AccessLists;
  readonly trustedProxies: PrefixSet;
  readonly admission: AdmissionPolicy;
  readonly bans: BanPolicy;
  readonly http: HttpPolicy;
  readonly waf: WafPolicy | null;
  readonly upstream: UpstreamPolicy;
  readonly handshakeTimeoutMs: number;
  readonly logs: LogPolicy;
}

/** Which lines about requests are wanted. */
export interface LogPolicy {
  /** One line for each request. */
  readonly accessLog: boolean;
  /** One line for each refusal that tells of an attack. */
  readonly securityLog: boolean;
}

export interface AdmissionPolicy {
  /** Whether limits and automatic bans are applied at all; the lists always are. */
  readonly limitsEnabled: boolean;
  /** Bits of an IPv6 address that make one client. */
  readonly ipv6Prefix: number;
  readonly connectionsTotalMax: number;
  readonly handshakesMax: number;
  readonly client: ClientLimits;
}

export interface BanPolicy {
  readonly enabled: boolean;
  readonly durationMs: number;
  readonly multiplier: number;
  readonly durationMaxMs: number;
}

export interface HttpPolicy {
  readonly requestLimits: RequestLimits;
  /** Octets that may wait behind the request in progress before the client is held back. */
  readonly carryBytesMax: number;
  readonly headerTimeoutMs: number;
  readonly idleTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly tunnelIdleTimeoutMs: number;
  readonly bodyBytesMax: number;
  readonly bodyBytesPerSecondMin: number;
  readonly responseBytesPerSecondMin: number;
  /** Request octets that one worker may hold in memory at once. */
  readonly bufferedBytesMax: number;
}

export interface WafPolicy {
  readonly inspector: Inspector;
  /** All rules in force. */
  readonly rules: readonly RuleEntry[];
  /** Octets of a body that are inspected, and so collected before the origin hears of the request; 0 for none. */
  readonly bodyBytesInspected: number;
  /** Whether a body of more octets is refused. */
  readonly refusesLargerBodies: boolean;
  readonly bodyLimits: BodyLimits;
  /** Whether what stands in a part of a request must not leave the node. */
  readonly isSecretPart: (part: string) => boolean;
  readonly audit: AuditPolicy | null;
}

export interface AuditPolicy {
  readonly format: 'json' | 'line' | 'native';
  readonly events: 'relevant' | 'all';
  readonly redaction: RedactionPolicy;
}

export interface UpstreamPolicy {
  readonly host: string;
  readonly port: number;
  /** host:port as configured, the Host of requests that name none. */
  readonly authority: string;
  readonly connectTimeoutMs: number;
  readonly responseTimeoutMs: number;
  readonly idleTimeoutMs: number;
  readonly queueTimeoutMs: number;
  /** Per worker. */
  readonly connectionsMax: number;
  readonly queueMax: number;
}
