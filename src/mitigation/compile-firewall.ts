/** From the section [waf] of the configuration to what requests are inspected by. */
import { parseException } from '../config/rule-exception.ts';
import type { Config } from '../config/schema.ts';
import { createSystemClock } from '../core/clock.ts';
import type { RuleException } from '../core/rule-exception.ts';
import { DEFAULT_REDACTION, isSecretPart, type RedactionPolicy } from '../waf/audit/redact.ts';
import { SECRET_HEADERS, SECRET_WORDS } from '../waf/audit/secret-names.ts';
import { compileInspector } from '../waf/compile-inspector.ts';
import type { PartialRoute, RouteOptions } from '../waf/route-options.ts';
import type { WafPolicy } from './snapshot.ts';
import type { SnapshotSources } from './snapshot-sources.ts';

type WafConfig = Config['waf'];

/** Null without a firewall, and where faults were added. */
export function compileFirewall(
  waf: WafConfig,
  { ruleFiles, patternFacts, onUnexpected }: SnapshotSources,
  faults: string[],
): WafPolicy | null {
  if (!waf.enabled) return null;
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
  const redaction = compileRedaction(waf.audit);
  const { inspect_body, max_body_size } = waf.http_inspection;
  return {
    ...compiled.value,
    bodyBytesInspected: inspect_body ? max_body_size : 0,
    refusesLargerBodies: waf.body_over_limit === 'reject',
    isSecretPart: (part) => isSecretPart(part, redaction),
    audit: waf.audit.path === undefined ? null : { ...waf.audit, redaction },
  };
}

function toRoute(route: WafConfig['routes'][number]): PartialRoute {
  const options: Partial<RouteOptions> = {
    ...(route.mode === undefined ? {} : { mode: route.mode }),
    ...(route.paranoia_level === undefined ? {} : { paranoiaLevel: route.paranoia_level }),
    ...(route.inbound_anomaly_threshold === undefined
      ? {}
      : { inboundThreshold: route.inbound_anomaly_threshold }),
    ...(route.outbound_anomaly_threshold === undefined
      ? {}
      : { outboundThreshold: route.outbound_anomaly_threshold }),
  };
  return { ...options, path: route.path, exceptions: readExceptions(route.exceptions) };
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
