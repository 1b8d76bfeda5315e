/** What the firewall inspects, what it looks for and what a match leads to. */
import { z } from 'zod';
import { exceptionList, filePath, nameList, pathPrefix, patternList } from './values.ts';

export const httpInspectionSchema = z
  .strictObject({
    inspect_headers: z.boolean().default(true).describe('Inspect the header fields.'),
    inspect_body: z.boolean().default(true).describe('Inspect the request body.'),
    inspect_url: z.boolean().default(true).describe('Inspect path and query.'),
    block_invalid_http: z
      .boolean()
      .default(true)
      .describe('Refuse a request whose text cannot be decoded in one way.'),
    max_body_size: z
      .int()
      .min(0)
      .max(67_108_864)
      .default(1_048_576)
      .describe('Bytes of a body that are inspected, from its beginning.'),
  })
  .prefault({})
  .describe('Which parts of a request are inspected.');

export const attackPatternsSchema = z
  .strictObject({
    sql_injection: z.boolean().default(true).describe('Built-in rules against SQL injection.'),
    xss_detection: z.boolean().default(true).describe('Built-in rules against cross-site scripting.'),
    path_traversal: z.boolean().default(true).describe('Built-in rules against path traversal.'),
    command_injection: z.boolean().default(true).describe('Built-in rules against command injection.'),
    template_injection: z
      .boolean()
      .default(true)
      .describe('Built-in rules against template and expression injection, JNDI look-ups among them.'),
    xxe: z.boolean().default(true).describe('Built-in rules against external entities in XML.'),
    ssrf: z
      .boolean()
      .default(true)
      .describe('Built-in rules against addresses that only the origin can reach.'),
    protocol_abuse: z
      .boolean()
      .default(true)
      .describe('Built-in rules against line breaks in values, prototype pollution and the like.'),
    scanners: z
      .boolean()
      .default(true)
      .describe('Built-in rules against scanners and the files they ask for.'),
    custom_patterns: patternList
      .default([])
      .describe(
        'Own regular expressions in RE2 syntax. They run in linear time; one that does not compile is refused.',
      ),
  })
  .prefault({})
  .describe('What is looked for.');

export const budgetSchema = z
  .strictObject({
    milliseconds: z
      .int()
      .min(1)
      .max(10_000)
      .default(20)
      .describe('Processor time that the inspection of one request and its answer may take.'),
    outcome: z
      .enum(['block', 'pass'])
      .default('block')
      .describe('What becomes of a request whose inspection would take longer.'),
  })
  .prefault({})
  .describe('How much processor time inspecting may cost.');

export const auditSchema = z
  .strictObject({
    path: filePath.optional().describe('File that the audit log is appended to; none without it.'),
    format: z
      .enum(['json', 'line', 'native'])
      .default('json')
      .describe(
        '"json" and "native" are the two formats of ModSecurity, "line" its one-line form with [id "..."].',
      ),
    events: z
      .enum(['relevant', 'all'])
      .default('relevant')
      .describe('"relevant" logs requests that a rule matched and wants logged, "all" every request.'),
    redact_headers: nameList
      .default([])
      .describe(
        'Header fields whose values never leave the node, besides Authorization, cookies, API keys and their like.',
      ),
    redact_arguments: nameList
      .default([])
      .describe(
        'Words that make the name of an argument secret, besides password, token, secret, card and their like.',
      ),
  })
  .prefault({})
  .describe('The audit log: everything about the requests that rules matched.');

const mode = z.enum(['block', 'monitor', 'off']);
const threshold = z.int().min(1).max(1000);
const paranoia = z.int().min(1).max(4);

/** Every key but `path` follows the section [waf] where it is left out. */
export const wafRouteSchema = z.strictObject({
  path: pathPrefix.describe('Prefix of the path, by whole segments; the longest one that fits counts.'),
  mode: mode.optional().describe('As waf.mode.'),
  inbound_anomaly_threshold: threshold.optional().describe('As waf.inbound_anomaly_threshold.'),
  outbound_anomaly_threshold: threshold.optional().describe('As waf.outbound_anomaly_threshold.'),
  paranoia_level: paranoia.optional().describe('As waf.paranoia_level.'),
  exceptions: exceptionList
    .default([])
    .describe('As waf.exceptions, for this part of the site; they add to those of [waf].'),
});

/** What may differ from [waf] for one site; every key that is left out follows it. */
export const siteWafSchema = z.strictObject({
  ...wafRouteSchema.omit({ path: true }).shape,
  exceptions: exceptionList.default([]).describe('As waf.exceptions; they add to those of [waf].'),
  routes: z
    .array(wafRouteSchema)
    .max(256)
    .default([])
    .describe('As waf.routes; they add to those of [waf], and count where both name the same path.'),
});

export const wafSchema = z
  .strictObject({
    enabled: z.boolean().default(true).describe('Inspect requests.'),
    mode: mode
      .default('block')
      .describe(
        '"block" refuses a request that matches, "monitor" forwards it and records what matched, "off" inspects nothing.',
      ),
    builtin_rules: z.boolean().default(true).describe('Use the rules that come with the node.'),
    learn_parameters: z
      .boolean()
      .default(true)
      .describe(
        'Learn what each parameter usually holds, so that weak evidence counts more where a number has always stood.',
      ),
    inbound_anomaly_threshold: threshold
      .optional()
      .describe(
        'Anomaly score from which a request is refused: 5, as one unmistakable attack has; with a Core Rule Set what its setup file says.',
      ),
    outbound_anomaly_threshold: threshold
      .optional()
      .describe(
        'Anomaly score from which an answer is withheld: 4; with a Core Rule Set what its setup file says.',
      ),
    seclang: z
      .array(filePath)
      .max(256)
      .default([])
      .describe(
        'Files of SecLang rules, loaded in this order; a path may end in a glob such as "rules/*.conf".',
      ),
    paranoia_level: paranoia
      .optional()
      .describe('Paranoia level of a Core Rule Set; without it, what its setup file says.'),
    exceptions: exceptionList
      .default([])
      .describe(
        'Rules that are not to look at a part: "RULE", "RULE PART" or "RULE PART PATH", where RULE is an id or "tag:NAME", PART such as "query:comment" or "*", and PATH a prefix of the path.',
      ),
    body_over_limit: z
      .enum(['inspect_prefix', 'reject'])
      .default('inspect_prefix')
      .describe(
        'What becomes of a body of more than max_body_size bytes: its beginning is inspected, or 413.',
      ),
    routes: z
      .array(wafRouteSchema)
      .max(1024)
      .default([])
      .describe('Other rules for parts of the site; repeat the table for each part.'),
    http_inspection: httpInspectionSchema,
    attack_patterns: attackPatternsSchema,
    budget: budgetSchema,
    audit: auditSchema,
  })
  .prefault({})
  .describe('Web application firewall.');
