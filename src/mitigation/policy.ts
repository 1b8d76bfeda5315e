/**
 * The policy in force on the main thread: configuration, revision, certificate. A reload prepares the next
 * one completely before anything changes; a fault leaves everything as it is.
 */

import { createHash } from 'node:crypto';
import { diffConfig, needsRestart } from '../config/diff.ts';
import { isWildcardHost, parseListenAddress } from '../config/listen-address.ts';
import type { Config } from '../config/schema.ts';
import { fail, ok, type Result } from '../core/result.ts';
import { loadCertificate } from '../tls/certificate.ts';
import type { PatternFacts } from '../waf/patterns/pattern-facts.ts';
import { diskRuleFiles } from '../waf/seclang/disk-rule-files.ts';
import { compileSnapshot } from './compile-snapshot.ts';
import type { TlsOptions } from './listen/tls-terminator.ts';
import type { ReloadReport } from './node-control.ts';
import { RecordingRuleFiles, type RuleTexts } from './rule-texts.ts';
import type { RuleName } from './telemetry/traffic-layout.ts';

export interface Policy {
  readonly config: Config;
  readonly revision: number;
  readonly tls: TlsOptions | null;
  readonly rules: readonly RuleName[];
  /** The rule files as they were read. */
  readonly ruleTexts: RuleTexts;
  /** The same for firewalls that come out the same. */
  readonly firewallId: string;
  /** Files of a certificate that was made just now, or null. */
  readonly createdCertificate: string | null;
}

/** Compiles and completes a configuration; nothing of it is in force yet. */
export async function preparePolicy(
  config: Config,
  revision: number,
  workers: number,
): Promise<Result<Policy, readonly string[]>> {
  const files = new RecordingRuleFiles(diskRuleFiles);
  const patternFacts: PatternFacts = new Map();
  const snapshot = compileSnapshot(config, revision, workers, {
    ruleFiles: files,
    patternFacts,
    keptFirewall: null,
    onUnexpected: () => undefined,
  });
  if (!snapshot.ok) return snapshot;
  const rules = snapshot.value.waf?.rules ?? [];
  const ruleTexts = { ...files.recorded, patternFacts };
  const firewallId = fingerprint(config.waf, ruleTexts);
  if (!config.network.tls.enabled)
    return ok({ config, revision, tls: null, rules, ruleTexts, firewallId, createdCertificate: null });
  const { tls } = config.network;
  const pair = await loadCertificate(tls.cert_path, tls.key_path, certificateNames(config));
  if (!pair.ok) return fail([`network.tls: ${pair.fault}`]);
  const { certPem, keyPem, created } = pair.value;
  const versions = { minVersion: tlsVersion(tls.min_version), maxVersion: tlsVersion(tls.max_version) };
  const createdCertificate = created ? tls.cert_path : null;
  return ok({
    config,
    revision,
    tls: { certPem, keyPem, ...versions },
    rules,
    ruleTexts,
    firewallId,
    createdCertificate,
  });
}

function fingerprint(waf: Config['waf'], { texts, expansions }: RuleTexts): string {
  const hash = createHash('sha256').update(JSON.stringify([waf, [...expansions]]));
  for (const [path, text] of texts) hash.update(JSON.stringify([path, text]));
  return hash.digest('hex');
}

/** What of a changed configuration is in force after a reload, and what waits for a restart. */
export function reportReload(before: Config, after: Config): ReloadReport {
  const changed = diffConfig(before, after);
  return {
    applied: changed.filter((path) => !needsRestart(path)),
    needsRestart: changed.filter((path) => needsRestart(path)),
  };
}

function tlsVersion(version: '1.2' | '1.3'): 'TLSv1.2' | 'TLSv1.3' {
  return version === '1.2' ? 'TLSv1.2' : 'TLSv1.3';
}

/** Names of a self-signed certificate: this machine, and the address that is listened on. */
function certificateNames(config: Config): readonly string[] {
  const names = new Set(['localhost', '127.0.0.1', '::1']);
  const listen = parseListenAddress(config.network.listen_addr);
  if (listen.ok && !isWildcardHost(listen.value.host)) names.add(listen.value.host);
  return [...names];
}
