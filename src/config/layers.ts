/**
 * Layers of policy that the fleet lays over a node's own configuration: fleet, then group, then node.
 *
 * Tables are merged key by key; whatever else stands at a key, lists too, is replaced as a whole. What may stand in a
 * policy at all is said in policy-text.ts.
 */
import { fail, ok, type Result } from '../core/result.ts';
import { type ConfigFault, Findings } from './fault.ts';
import { checkPolicyText } from './policy-text.ts';
import { readSettings, type Setting, type Settings } from './settings.ts';

/** One layer as it was written. */
export interface LayerText {
  /** `fleet`, `group:NAME` or `node:ID` */
  readonly scope: string;
  readonly revision: number;
  readonly toml: string;
}

/** What the layers set, the later ones over the earlier; each fault names revision, scope and line. */
export function readLayers(layers: readonly LayerText[]): Result<Settings, readonly ConfigFault[]> {
  const merged = new Map<string, Setting>();
  const faults: ConfigFault[] = [];
  for (const { scope, revision, toml } of layers) {
    const policy = { name: `policy ${revision} (${scope})`, text: toml };
    const tables = checkPolicyText(toml);
    if (tables.ok) {
      // Unknown keys have been found already.
      for (const [path, setting] of readSettings(tables.value, new Findings(), policy)) {
        merged.set(path, setting);
      }
    } else {
      faults.push(...tables.fault.map((fault) => ({ ...fault, file: policy.name })));
    }
  }
  return faults.length === 0 ? ok(merged) : fail(faults);
}
