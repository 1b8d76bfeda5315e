/**
 * What becomes of a connection by its ClientHello alone, before anything is computed: the certificate for the name it
 * asks for, a challenge of a certificate authority, or an alert.
 */

import type { ChallengeCertificate } from '../../tls/acme/challenge-certificate.ts';
import { NO_APPLICATION_PROTOCOL, UNRECOGNIZED_NAME } from '../../tls/alert.ts';
import { type CertificateTable, DEFAULT_PROFILE, UNKNOWN_NAME } from '../../tls/certificate-table.ts';
import type { ClientHello } from '../../tls/client-hello.ts';
import { canonicalServerName } from '../../tls/server-name.ts';
import type { Challenges } from './challenges.ts';

/** The protocol by which an authority checks a name, alone in its list (RFC 8737 section 4). */
export const CHALLENGE_PROTOCOL = 'acme-tls/1';

export type HelloJudgement =
  | { readonly kind: 'serve'; readonly serverName: string; readonly profile: number }
  | { readonly kind: 'challenge'; readonly certificate: ChallengeCertificate }
  /** `alert` null: the connection ends without a word. */
  | {
      readonly kind: 'refuse';
      readonly reason: 'banned' | 'unknown_name' | 'no_protocol';
      readonly alert: number | null;
    };

/** What hellos are judged by. */
export interface HelloRules {
  readonly table: CertificateTable;
  readonly strictNames: boolean;
  /** Protocols that are spoken behind the handshake. */
  readonly protocols: readonly string[];
}

export function judgeHello(hello: ClientHello, rules: HelloRules, challenges: Challenges): HelloJudgement {
  const serverName = hello.serverName === null ? '' : canonicalServerName(hello.serverName);
  if (serverName === null) return UNKNOWN;
  const { protocols } = hello;
  if (protocols !== null && protocols.length === 1 && protocols[0] === CHALLENGE_PROTOCOL) {
    const certificate = challenges.certificateOf(serverName);
    return certificate === null ? NO_PROTOCOL : { kind: 'challenge', certificate };
  }
  // A client that names protocols and gets none of them would guess (RFC 7301 section 3.2).
  if (protocols !== null && !protocols.some((one) => rules.protocols.includes(one))) return NO_PROTOCOL;
  const profile = serverName === '' ? UNKNOWN_NAME : rules.table.find(serverName);
  if (profile !== UNKNOWN_NAME) return { kind: 'serve', serverName, profile };
  return rules.strictNames ? UNKNOWN : { kind: 'serve', serverName, profile: DEFAULT_PROFILE };
}

const UNKNOWN: HelloJudgement = { kind: 'refuse', reason: 'unknown_name', alert: UNRECOGNIZED_NAME };
const NO_PROTOCOL: HelloJudgement = {
  kind: 'refuse',
  reason: 'no_protocol',
  alert: NO_APPLICATION_PROTOCOL,
};
