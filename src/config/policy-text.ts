/**
 * One layer of policy: a configuration in part, that an operator writes for many nodes at once.
 *
 * It is checked by the schema of the configuration itself, as far as it goes: a key that is left out is left to the
 * layers below. What cannot come from afar is refused with the reason: keys that wait for a restart, keys that belong to
 * one machine, every path of a file there, and references to its environment. So what is accepted is what it reads, on
 * every node, and whoever writes policy reads and writes no file of any.
 */
import { fail, ok, type Result } from '../core/result.ts';
import { type ConfigFault, Findings, formatFault } from './fault.ts';
import { entryPath, joinPath } from './key-path.ts';
import { CONFIG_KEYS, type ConfigKey } from './keys.ts';
import { placeFindings } from './place.ts';
import { checkRelations } from './relation.ts';
import { RELATIONS } from './relations.ts';
import { readSettings, type Settings } from './settings.ts';
import { isTomlTable, parseTomlText, type TomlTable } from './toml-document.ts';
import { validateSettings } from './validate.ts';

/** The tables of one layer as they were written: sound in themselves, and nothing in them is local to a node. */
export type PolicyTables = TomlTable;

/** Stands in faults where the name of a file would. */
const SHOWN_AS = 'policy';

/**
 * What is part of one machine, however soon it would take effect: who the node is, where it listens, what its keys are.
 * A section stands for all its keys. Paths of files need not stand here, since none may come by policy.
 */
const NODE_LOCAL: readonly string[] = [
  'acme',
  'fleet',
  'kernel',
  'management',
  'metrics',
  'nats',
  'network.redirect_port',
  'network.tls.certificates',
  'orchestrator',
  'origin',
  'state',
];

const NAMES_FILE = 'names a file on the machine of a node, so it cannot come by policy';
const INSTEAD = 'write it into the configuration file of the node';

/** Lists and tables within one key: more than any schema nests. */
const DEPTH_MAX = 12;

/** The tables of a layer, or all its faults, each a line as `secbeat check` prints it. */
export function parsePolicyText(text: string): Result<PolicyTables, readonly string[]> {
  const checked = checkPolicyText(text);
  return checked.ok ? checked : fail(checked.fault.map(formatFault));
}

/** The same with the faults as data, in the order of the text. */
export function checkPolicyText(text: string): Result<PolicyTables, readonly ConfigFault[]> {
  const document = parseTomlText(text);
  if (!document.ok) {
    return fail([{ ...document.fault, file: SHOWN_AS, path: '', suggestion: null }]);
  }
  const { root } = document.value;
  const findings = new Findings();
  const written = readSettings(root, findings);
  const settings = takeForeignOut(written, findings);
  for (const { key, value } of settings.values()) {
    findReferences(key.path, value, 0, findings);
    findFiles(key, key.path, value, findings);
  }
  const { config, refused } = validateSettings(settings, findings);
  checkRelations(RELATIONS, config, unknownKeys(settings, refused), findings);
  if (findings.kept.length === 0) return ok(root);
  return fail(placeFindings(findings, { text, file: SHOWN_AS, settings: written }));
}

/** The settings that policy may hold; each of the others is a finding. */
function takeForeignOut(written: Settings, findings: Findings): Settings {
  const kept = new Map(written);
  for (const { key } of written.values()) {
    const message = foreignTo(key);
    if (message === null) continue;
    kept.delete(key.path);
    findings.add(key.path, { message, suggestion: INSTEAD });
  }
  return kept;
}

/** Why a key is no part of policy; null for one that is. */
function foreignTo({ path, restart, file }: ConfigKey): string | null {
  if (NODE_LOCAL.some((local) => path === local || path.startsWith(`${local}.`))) {
    return 'belongs to one node and cannot come by policy';
  }
  if (file) return NAMES_FILE;
  return restart ? 'takes effect at a restart only, so it cannot come by policy' : null;
}

/** Whether a key may stand in a layer of policy. */
export function isPolicyKey(key: ConfigKey): boolean {
  return foreignTo(key) === null;
}

/** Paths of files in the tables of a key, which goes no deeper than the schema. */
function findFiles({ entries }: ConfigKey, path: string, value: unknown, findings: Findings): void {
  const tables = Array.isArray(value) ? value : [value];
  for (const [index, table] of tables.entries()) {
    if (!isTomlTable(table)) continue;
    const at = Array.isArray(value) ? entryPath(path, index) : path;
    for (const entry of entries.filter(({ name }) => Object.hasOwn(table, name))) {
      const place = joinPath(at, entry.name);
      if (entry.file) findings.add(place, { message: NAMES_FILE, suggestion: INSTEAD });
      else findFiles(entry, place, table[entry.name], findings);
    }
  }
}

/** Each node has another environment, and nobody could say beforehand what a text would become. */
function findReferences(path: string, value: unknown, depth: number, findings: Findings): void {
  if (typeof value === 'string') {
    if (!value.includes('${')) return;
    findings.add(path, {
      message: 'has a ${, and policy is not filled in from the environment of a node',
      suggestion: 'write the value itself',
    });
  } else if (depth < DEPTH_MAX && Array.isArray(value)) {
    for (const [index, entry] of value.entries()) {
      findReferences(entryPath(path, index), entry, depth + 1, findings);
    }
  } else if (depth < DEPTH_MAX && isTomlTable(value)) {
    for (const [name, inner] of Object.entries(value)) {
      findReferences(joinPath(path, name), inner, depth + 1, findings);
    }
  }
}

/** Keys whose value a node will have from elsewhere: what holds between them and others is judged there. */
function unknownKeys(settings: Settings, refused: ReadonlySet<string>): ReadonlySet<string> {
  const paths = CONFIG_KEYS.map(({ path }) => path);
  return new Set(paths.filter((path) => !settings.has(path) || refused.has(path)));
}
