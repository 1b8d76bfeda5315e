/**
 * The policy in force on the main thread: configuration, revision, certificate. A reload prepares the next
 * one completely before anything changes; a fault leaves everything as it is.
 */

import { createHash } from 'node:crypto';
import { diffConfig, needsRestart } from '../config/diff.ts';
import type { Config } from '../config/schema.ts';
import type { AccessLists } from '../core/access-lists.ts';
import { fail, ok, type Result } from '../core/result.ts';
import { loadCertificate } from '../tls/certificate.ts';
import { readProfiles } from '../tls/certificate-book.ts';
import type { CertificateFiles } from '../tls/certificate-files.ts';
import type { TlsPolicy } from '../tls/tls-policy.ts';
import type { PatternFacts } from '../waf/patterns/pattern-facts.ts';
import { diskRuleFiles } from '../waf/seclang/disk-rule-files.ts';
import { firewallText } from './compile-firewall.ts';
import { compileSnapshot } from './compile-snapshot.ts';
import { certificateFiles, compileTls } from './listen/compile-tls.ts';
import { namesForMade } from './made-certificate.ts';
import type { ReloadReport } from './node-control.ts';
import { RecordingRuleFiles, type RuleTexts } from './rule-texts.ts';
import type { RuleName } from './telemetry/traffic-layout.ts';

export interface Policy {
  readonly config: Config;
  readonly revision: number;
  /** The two lists of the configuration. */
  readonly lists: AccessLists;
  readonly tls: TlsPolicy | null;
  /** What the profiles were read from, in their order. */
  readonly certificateFiles: readonly CertificateFiles[];
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
  const ruleFiles = new RecordingRuleFiles(diskRuleFiles);
  const patternFacts: PatternFacts = new Map();
  const snapshot = compileSnapshot(config, revision, workers, {
    ruleFiles,
    patternFacts,
    keptFirewall: null,
    onUnexpected: () => undefined,
  });
  if (!snapshot.ok) return snapshot;
  const { lists } = snapshot.value;
  const rules = snapshot.value.firewall?.rules ?? [];
  const ruleTexts = { ...ruleFiles.recorded, patternFacts };
  const firewallId = fingerprint(config, ruleTexts);
  if (!config.network.tls.enabled)
    return ok({
      config,
      revision,
      lists,
      tls: null,
      certificateFiles: [],
      rules,
      ruleTexts,
      firewallId,
      createdCertificate: null,
    });
  const { tls } = config.network;
  const pair = await loadCertificate(tls.cert_path, tls.key_path, namesForMade(config));
  if (!pair.ok) return fail([`network.tls: ${pair.fault}`]);
  const files = certificateFiles(config);
  const profiles = await readProfiles(files);
  if (!profiles.ok) return fail(profiles.fault.map((fault) => `network.tls: ${fault}`));
  const createdCertificate = pair.value.created ? tls.cert_path : null;
  return ok({
    config,
    revision,
    lists,
    tls: compileTls(config, profiles.value),
    certificateFiles: files,
    rules,
    ruleTexts,
    firewallId,
    createdCertificate,
  });
}

function fingerprint(config: Config, { texts, expansions }: RuleTexts): string {
  const hash = createHash('sha256').update(JSON.stringify([firewallText(config), [...expansions]]));
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
