/**
 * The firewalls that are compared, all doing the same proxying: nginx with libmodsecurity and a Core Rule Set, and the
 * node without rules, with its own, and with the same Core Rule Set. Both run its files as they are.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { nginxProxy, nodeWith, type PeerCommand, type PeerSetup, WAF_OFF } from '../load/peers.ts';
import { findTool } from '../load/tools.ts';

export interface WafProgram {
  readonly name: string;
  /** What it does, for the table's legend. */
  readonly title: string;
  readonly needsModSecurity: boolean;
  readonly prepare: (setup: PeerSetup) => Promise<PeerCommand>;
}

/** A Core Rule Set on disk. */
export interface CoreRuleSet {
  readonly setup: string;
  /** A pattern for its rule files. */
  readonly rules: string;
  readonly version: string;
}

/** The rule set in a folder with `crs-setup.conf.example` and `rules/`, or null where there is none. */
export function findRuleSet(folder: string): CoreRuleSet | null {
  const setup = join(folder, 'crs-setup.conf.example');
  const rules = join(folder, 'rules');
  if (!existsSync(setup) || !existsSync(rules)) return null;
  const first = readdirSync(rules).find((name) => name.endsWith('.conf')) ?? '';
  const version = /OWASP(?: ModSecurity Core Rule Set|.CRS)[ /]ver\.?([\d.]+\d)/.exec(
    readFileSync(join(rules, first), 'utf8'),
  );
  return { setup, rules: join(rules, '*.conf'), version: version?.[1] ?? 'unknown' };
}

export function wafPrograms(crs: CoreRuleSet | null): readonly WafProgram[] {
  const own: WafProgram[] = [
    nodeProgram('node-off', 'the node, no rules', WAF_OFF),
    nodeProgram('node-builtin', 'the node, its own rules', 'enabled = true'),
  ];
  if (crs === null) return own;
  return [
    ...own,
    ...[1, 4].flatMap((level) => [
      modSecurity(crs, level),
      nodeProgram(`node-crs-${level}`, `the node, Core Rule Set, paranoia ${level}`, crsKeys(crs, level)),
    ]),
  ];
}

function nodeProgram(name: string, title: string, waf: string): WafProgram {
  return {
    name,
    title,
    needsModSecurity: false,
    prepare: (setup) => nodeWith(setup, name, { blacklist: [], waf }),
  };
}

function crsKeys({ setup, rules }: CoreRuleSet, level: number): string {
  return `builtin_rules = false\nseclang = ["${setup}", "${rules}"]\nparanoia_level = ${level}`;
}

function modSecurity(crs: CoreRuleSet, level: number): WafProgram {
  const name = `modsecurity-${level}`;
  return {
    name,
    title: `nginx with libmodsecurity, Core Rule Set, paranoia ${level}`,
    needsModSecurity: true,
    prepare: async (setup) => {
      const rules = setup.workspace.write(`${name}-rules.conf`, modSecurityRules(crs, level));
      return nginxProxy(setup, name, {
        main: `load_module ${findTool('modsecurity')};`,
        server: `modsecurity on; modsecurity_rules_file ${rules};`,
      });
    },
  };
}

/** What Debian's package recommends, without the audit log: the node is measured without one as well. */
function modSecurityRules({ setup, rules }: CoreRuleSet, level: number): string {
  return `SecRuleEngine On
SecRequestBodyAccess On
SecRequestBodyLimit 13107200
SecRequestBodyNoFilesLimit 131072
SecResponseBodyAccess Off
SecAuditEngine Off
SecRule REQUEST_HEADERS:Content-Type "^application/json" "id:200001,phase:1,t:none,t:lowercase,pass,nolog,ctl:requestBodyProcessor=JSON"
SecRule REQUEST_HEADERS:Content-Type "^(?:application(?:/soap\\+|/)|text/)xml" "id:200000,phase:1,t:none,t:lowercase,pass,nolog,ctl:requestBodyProcessor=XML"
Include ${setup}
SecAction "id:900000,phase:1,pass,t:none,nolog,setvar:tx.blocking_paranoia_level=${level}"
SecAction "id:900001,phase:1,pass,t:none,nolog,setvar:tx.detection_paranoia_level=${level}"
Include ${rules}
`;
}
