/**
 * What an operator wants to know of a node that misbehaves, as JSON text: what it is, what it does, how it is set up and
 * what it counts. Secrets are masked. What there is no room for is left out, the least telling first, and named.
 */
import { diffConfig } from '../../config/diff.ts';
import { KEYS_BY_PATH, readKey } from '../../config/keys.ts';
import { maskSecrets } from '../../config/mask.ts';
import { type Config, defaultConfig } from '../../config/schema.ts';
import type { MetricFamily } from '../../export/prometheus.ts';
import { RESULT_CHARACTERS_MAX } from '../../messages/entries/commands.ts';
import type { NodeStatus } from '../node-control.ts';

export interface NodeFacts {
  readonly status: NodeStatus;
  /** In force. */
  readonly config: Config;
  readonly metrics: readonly MetricFamily[];
  /** Programs and their versions, as the runtime tells them. */
  readonly versions: Readonly<Record<string, string | undefined>>;
  readonly platform: string;
  /** Of the process, in bytes. */
  readonly memory: Readonly<Record<string, number>>;
}

/** At most as many characters as a result of a command takes. */
export function describeNode(facts: NodeFacts): string {
  const { status, config, metrics, versions, platform, memory } = facts;
  const parts: Record<string, unknown> = {
    status,
    runtime: { platform, versions: versionsOf(versions), memory },
    configuration: changedKeys(config),
    metrics: sums(metrics),
  };
  const omitted: string[] = [];
  // From the most voluminous on; what remains is small.
  for (const name of [null, 'metrics', 'configuration', 'runtime']) {
    if (name !== null) {
      delete parts[name];
      omitted.push(name);
    }
    const text = JSON.stringify({ ...parts, omitted });
    if (text.length <= RESULT_CHARACTERS_MAX) return text;
  }
  return JSON.stringify({ omitted: [...omitted, 'status'] });
}

const TOLD_PROGRAMS = ['node', 'bun', 'openssl', 'v8', 'uv'] as const;

function versionsOf(versions: NodeFacts['versions']): Readonly<Record<string, string>> {
  const told = TOLD_PROGRAMS.map((name) => [name, versions[name] ?? ''] as const);
  return Object.fromEntries(told.filter(([, version]) => version !== ''));
}

/** The keys that are not as they come, by path. */
function changedKeys(config: Config): Readonly<Record<string, unknown>> {
  const masked = maskSecrets(config);
  const changed = diffConfig(defaultConfig(), config).map((path) => {
    const key = KEYS_BY_PATH.get(path);
    return [path, key === undefined ? null : (readKey(masked, key) ?? null)] as const;
  });
  return Object.fromEntries(changed);
}

/** Of each metric the sum over its labels, but for those that are nought. */
function sums(families: readonly MetricFamily[]): Readonly<Record<string, number>> {
  const totals = new Map<string, number>();
  for (const family of families) {
    if (family.type === 'histogram') continue;
    const total = family.samples.reduce((sum, { value }) => sum + value, 0);
    if (total !== 0) totals.set(family.name, total);
  }
  return Object.fromEntries(totals);
}
