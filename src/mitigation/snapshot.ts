/**
 * The policy that requests are judged by, compiled once from the configuration: units converted, lists
 * indexed, patterns built. Immutable; a reload builds a new one and swaps a single reference, and a request
 * is judged by one snapshot from its first octet to its last.
 */
import type { AccessLists } from '../core/access-lists.ts';
import type { ClientLimits } from '../core/client-limits.ts';
import type { PrefixSet } from '../core/prefix-set.ts';
import type { HeaderEdits, RequestRewrite } from '../http/header-edits.ts';
import type { RequestLimits } from '../http/parse-request.ts';
import type { RedactionPolicy } from '../waf/audit/redact.ts';
import type { BodyLimits } from '../waf/bodies/parsed-body.ts';
import type { RuleEntry } from '../waf/compile-inspector.ts';
import type { Inspector } from '../waf/inspector.ts';
import type { Http2Policy } from './http2/http2-policy.ts';
import type { Http3Policy } from './http3/http3-policy.ts';
import type { LimitPolicy } from './limits/limit-policy.ts';
import type { HealthCheckMarks } from './pipeline/priority.ts';
import type { SiteTable } from './sites/site-table.ts';
import type { UpstreamPolicy } from './upstream/upstream-policy.ts';

export interface Snapshot {
  /** Rises by one with every configuration that came into force. */
  readonly revision: number;
  readonly lists: AccessLists;
  readonly trustedProxies: PrefixSet;
  /** Whose connections begin with a PROXY header. */
  readonly proxySenders: PrefixSet;
  readonly admission: AdmissionPolicy;
  readonly bans: BanPolicy;
  readonly http2: Http2Policy;
  readonly http3: Http3Policy;
  readonly http: HttpPolicy;
  /** Of all sites; each has its own behind them. */
  readonly limits: readonly LimitPolicy[];
  readonly sites: SiteTable;
  /** What the sites share of the firewall; null without one. */
  readonly firewall: Firewall | null;
  /** What marks the health checks of monitors, which go first; null where nothing does. */
  readonly monitors: HealthCheckMarks | null;
  readonly handshakeTimeoutMs: number;
  /** HTTPS port that plain HTTP is redirected to. */
  readonly redirectPort: number;
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

/** What requests of one site are judged and forwarded by. */
export interface SitePolicy extends RequestRewrite {
  /** As in the configuration; '' for the one site of a node that has no list of sites. */
  readonly name: string;
  /** Sites that say the same of the firewall share one policy; null without a firewall. */
  readonly waf: WafPolicy | null;
  readonly upstream: UpstreamPolicy;
  /** The node's own, with what the site says over it; limits of a head apply before the site is known. */
  readonly http: HttpPolicy;
  /** In the order in which they are applied. */
  readonly limits: readonly LimitPolicy[];
  /** Changes to the origin's answers; null for none. */
  readonly responseEdits: HeaderEdits | null;
  /** Whether the server name of the connection must be one of the site's hosts. */
  readonly strictSni: boolean;
}

/** The firewall of all sites; kept over a reload that changes nothing of it, with what it has learnt. */
export interface Firewall {
  /** All rules in force anywhere. */
  readonly rules: readonly RuleEntry[];
  /** By what sites differ in; '' is what holds for all that say nothing. */
  readonly policies: ReadonlyMap<string, WafPolicy>;
}

export interface WafPolicy {
  readonly inspector: Inspector;
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
