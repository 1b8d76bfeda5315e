/**
 * From the section [waf] of the configuration, and what sites differ in, to what requests are inspected by. The rules
 * are compiled once for all sites, and sites that say the same share everything.
 */
import { parseException } from '../config/rule-exception.ts';
import type { Config } from '../config/schema.ts';
import { createSystemClock } from '../core/clock.ts';
import type { RuleException } from '../core/rule-exception.ts';
import { DEFAULT_REDACTION, isSecretPart, type RedactionPolicy } from '../waf/audit/redact.ts';
import { SECRET_HEADERS, SECRET_WORDS } from '../waf/audit/secret-names.ts';
import { compileInspector } from '../waf/compile-inspector.ts';
import type { PartialRoute, RouteOptions, SiteOverlay } from '../waf/route-options.ts';
import type { Firewall, WafPolicy } from './snapshot.ts';
import type { SnapshotSources } from './snapshot-sources.ts';

type WafConfig = Config['waf'];
type SiteWaf = Config['sites'][number]['waf'];
type RouteConfig = WafConfig['routes'][number];

/** Names what a site differs in, the same for sites that say the same; '' where it follows [waf] in everything. */
export function overlayKey(waf: SiteWaf): string {
  return waf === undefined ? '' : JSON.stringify(waf);
}

/** All that makes a firewall of the configuration, so that equal texts make equal firewalls. */
export function firewallText({ waf, sites }: Config): string {
  const overlays = new Set(sites.map((site) => overlayKey(site.waf)));
  return JSON.stringify([waf, [...overlays].sort()]);
}

/** Null without a firewall, and where faults were added. */
export function compileFirewall(
  { waf, sites }: Config,
  { ruleFiles, patternFacts, onUnexpected }: SnapshotSources,
  faults: string[],
): Firewall | null {
  if (!waf.enabled) return null;
  const overlays = new Map(
    sites.flatMap((site) =>
      site.waf === undefined ? [] : [[overlayKey(site.waf), toOverlay(site.waf)] as const],
    ),
  );
  const compiled = compileInspector(
    {
      site: {
        mode: waf.mode,
        inboundThreshold: waf.inbound_anomaly_threshold ?? null,
        outboundThreshold: waf.outbound_anomaly_threshold ?? null,
        paranoiaLevel: waf.paranoia_level ?? null,
        exceptions: readExceptions(waf.exceptions),
      },
      routes: waf.routes.map(toRoute),
      overlays: [...overlays.values()],
      inspectsBodies: waf.http_inspection.inspect_body,
      builtin: waf.builtin_rules ? builtinOptions(waf) : null,
      ruleFiles: waf.seclang,
      budgetMs: waf.budget.milliseconds,
      onOverrun: waf.budget.outcome === 'block' ? 'refuse' : 'pass',
      clock: createSystemClock(),
      onError: onUnexpected,
      patternFacts,
    },
    ruleFiles,
  );
  if (!compiled.ok) {
    faults.push(...compiled.fault);
    return null;
  }
  const { inspector, overlaid, rules, bodyLimits } = compiled.value;
  const redaction = compileRedaction(waf.audit);
  const { inspect_body, max_body_size } = waf.http_inspection;
  const base: WafPolicy = {
    inspector,
    bodyLimits,
    bodyBytesInspected: inspect_body ? max_body_size : 0,
    refusesLargerBodies: waf.body_over_limit === 'reject',
    isSecretPart: (part) => isSecretPart(part, redaction),
    audit: waf.audit.path === undefined ? null : { ...waf.audit, redaction },
  };
  const policies = new Map<string, WafPolicy>([[overlayKey(undefined), base]]);
  for (const [index, key] of [...overlays.keys()].entries()) {
    policies.set(key, { ...base, inspector: overlaid[index]! });
  }
  return { rules, policies };
}

function toOverlay({ routes, ...waf }: NonNullable<SiteWaf>): SiteOverlay {
  return { ...toOptions(waf), routes: routes.map(toRoute) };
}

function toRoute({ path, ...options }: RouteConfig): PartialRoute {
  return { ...toOptions(options), path };
}

/** What is left out stays out, so that it follows whatever it is laid over. */
function toOptions(options: Omit<RouteConfig, 'path'>): Partial<RouteOptions> {
  return {
    ...(options.mode === undefined ? {} : { mode: options.mode }),
    ...(options.paranoia_level === undefined ? {} : { paranoiaLevel: options.paranoia_level }),
    ...(options.inbound_anomaly_threshold === undefined
      ? {}
      : { inboundThreshold: options.inbound_anomaly_threshold }),
    ...(options.outbound_anomaly_threshold === undefined
      ? {}
      : { outboundThreshold: options.outbound_anomaly_threshold }),
    exceptions: readExceptions(options.exceptions),
  };
}

/** The lines are valid: the schema has read them before. */
function readExceptions(lines: readonly string[]): readonly RuleException[] {
  return lines.flatMap((line) => {
    const exception = parseException(line);
    return exception.ok ? [exception.value] : [];
  });
}

function builtinOptions({ http_inspection, attack_patterns, learn_parameters }: WafConfig) {
  return {
    learnsHabits: learn_parameters,
    inspected: {
      url: http_inspection.inspect_url,
      headers: http_inspection.inspect_headers,
      body: http_inspection.inspect_body,
    },
    families: {
      sqlInjection: attack_patterns.sql_injection,
      xss: attack_patterns.xss_detection,
      pathTraversal: attack_patterns.path_traversal,
      commandInjection: attack_patterns.command_injection,
      templateInjection: attack_patterns.template_injection,
      xxe: attack_patterns.xxe,
      ssrf: attack_patterns.ssrf,
      protocol: attack_patterns.protocol_abuse && http_inspection.block_invalid_http,
      scanners: attack_patterns.scanners,
    },
    customPatterns: attack_patterns.custom_patterns,
  };
}

function compileRedaction({ redact_headers, redact_arguments }: WafConfig['audit']): RedactionPolicy {
  return {
    ...DEFAULT_REDACTION,
    headers: new Set([...SECRET_HEADERS, ...redact_headers.map((name) => name.toLowerCase())]),
    words: new Set([...SECRET_WORDS, ...redact_arguments.map((word) => word.toLowerCase())]),
  };
}
