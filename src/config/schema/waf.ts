/** What the firewall inspects, what it looks for and what a match leads to. */
import { z } from 'zod';
import { patternList } from './values.ts';

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
    custom_patterns: patternList
      .default([])
      .describe(
        'Own regular expressions in RE2 syntax. They run in linear time; one that does not compile is refused.',
      ),
  })
  .prefault({})
  .describe('What is looked for.');

export const wafSchema = z
  .strictObject({
    enabled: z.boolean().default(true).describe('Inspect requests.'),
    mode: z
      .enum(['block', 'monitor'])
      .default('block')
      .describe('"block" refuses a request that matches; "monitor" forwards it and records what matched.'),
    http_inspection: httpInspectionSchema,
    attack_patterns: attackPatternsSchema,
  })
  .prefault({})
  .describe('Web application firewall.');
