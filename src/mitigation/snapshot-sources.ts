/** What a snapshot is compiled from, besides the configuration. */
import type { PatternFacts } from '../waf/patterns/pattern-facts.ts';
import type { RuleFiles } from '../waf/seclang/rule-files.ts';
import type { Firewall } from './snapshot.ts';

export interface SnapshotSources {
  readonly ruleFiles: RuleFiles;
  /** What is known of the rules' patterns; what is found out while compiling is added. */
  readonly patternFacts: PatternFacts;
  /** The firewall in force, where neither its configuration nor its rule files have changed; null to compile it. */
  readonly keptFirewall: Firewall | null;
  /** Told when the rules' own code fails on a request, which is refused then. */
  readonly onUnexpected: (error: unknown) => void;
}
