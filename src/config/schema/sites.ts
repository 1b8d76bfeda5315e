/** Sites behind the node, told apart by host and path; each with origins and rules of its own. */
import { z } from 'zod';
import { plainPath } from '../../core/plain-path.ts';
import { fail, ok } from '../../core/result.ts';
import { quote } from '../fault.ts';
import { parseRequestEdit, parseResponseEdit } from '../header-edit.ts';
import { formatHostPattern, parseHostPattern } from '../host-pattern.ts';
import { httpSchema } from './http.ts';
import { limitsSchema } from './limits.ts';
import { siteOriginSchema, siteUpstreamSchema } from './upstream.ts';
import { text } from './values.ts';
import { siteWafSchema } from './waf.ts';

/** Each costs look-up tables in every worker. */
const SITES_MAX = 1024;
const HOSTS_MAX = 256;
const EDITS_MAX = 64;

const siteName = text('a name of up to 64 lower-case letters, digits and -', 64, (value) =>
  /^[a-z0-9-]+$/.test(value)
    ? ok(value)
    : fail({
        message: `must consist of lower-case letters, digits and -, unlike ${quote(value)}`,
        suggestion: null,
      }),
);

const sitePath = text('a path that begins with /, in its plain form', 1024, (value) => {
  const plain = /^\/[\x21-\x7e]*$/.test(value) && !/[?#]/.test(value) ? plainPath(value) : null;
  if (plain === null) {
    return fail({ message: `must be a path with one reading, not ${quote(value)}`, suggestion: null });
  }
  const bare = plain === '/' ? plain : plain.replace(/\/$/, '');
  return bare === value
    ? ok(value)
    : fail({ message: `could never match as ${quote(value)}`, suggestion: `write ${quote(bare)}` });
});

const hostPattern = text('a host name, *.NAME or an IP address', 255, parseHostPattern);

/** Those keys of [http] that need not be known before the site is. */
const siteHttpSchema = z
  .strictObject({
    request_timeout_seconds: asIn('request_timeout_seconds'),
    websocket_idle_timeout_seconds: asIn('websocket_idle_timeout_seconds'),
    body_bytes_max: asIn('body_bytes_max'),
    body_bytes_per_second_min: asIn('body_bytes_per_second_min'),
    response_bytes_per_second_min: asIn('response_bytes_per_second_min'),
  })
  .optional()
  .describe('What differs from [http] for this site.');

export const siteSchema = z.strictObject({
  name: siteName.describe('Name of the site in log lines, unique among the sites.'),
  hosts: z
    .array(hostPattern)
    .max(HOSTS_MAX)
    .default([])
    .describe(
      'Hosts that the site answers to: names, addresses, and "*.example.org" for all names below; a name counts more than "*.", and the longer of two counts more. Without any it answers to every host that no other site names.',
    ),
  path: sitePath
    .default('/')
    .describe('Prefix of the path, by whole segments; of several sites of a host the longest counts.'),
  origins: z
    .array(siteOriginSchema)
    .min(1)
    .max(256)
    .describe('Where the requests of the site go; repeat the table for each origin.'),
  preserve_host: z
    .boolean()
    .default(true)
    .describe('Send the Host that the client asked for; when false, the one of the first origin.'),
  strict_sni: z
    .boolean()
    .default(false)
    .describe(
      'Answer only on connections whose TLS handshake asked for a host of this site; on others the answer is 421.',
    ),
  request_headers: z
    .array(text('a line "Name: value", "+Name: value" or "-Name"', 4096, parseRequestEdit))
    .max(EDITS_MAX)
    .default([])
    .meta({ secret: true })
    .describe(
      'Changes to what the origin gets: "Name: value" sets a field, "+Name: value" adds a line, "-Name" removes the field. What the node writes itself cannot be changed.',
    ),
  response_headers: z
    .array(text('a line "Name: value", "+Name: value" or "-Name"', 4096, parseResponseEdit))
    .max(EDITS_MAX)
    .default([])
    .describe(
      'The same for what clients get of the origin; the answers of the node itself stay as they are.',
    ),
  http: siteHttpSchema,
  upstream: siteUpstreamSchema,
  limits: limitsSchema.describe(
    'As [[limits]], for requests of this site only; they are applied behind those.',
  ),
  waf: siteWafSchema
    .optional()
    .describe('What differs from [waf] for this site; exceptions and routes add to those of [waf].'),
});

export const sitesSchema = z
  .array(siteSchema)
  .max(SITES_MAX)
  .default([])
  .superRefine((sites, context) => {
    for (const { path, message } of conflictsOf(sites)) {
      context.addIssue({ code: 'custom', message, path: [...path] });
    }
  })
  .describe(
    'Several sites behind one node, each with its own origins and rules; repeat the table for each site. Without any, all requests go to network.backend_addr; with some, what no site answers to gets 404.',
  );

type Site = z.output<typeof siteSchema>;

interface Conflict {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** Names that stand twice, and hosts that could never match because another site has them at the same path. */
function conflictsOf(sites: readonly Site[]): readonly Conflict[] {
  const conflicts: Conflict[] = [];
  const names = new Set<string>();
  const owners = new Map<string, string>();
  for (const [index, { name, hosts, path }] of sites.entries()) {
    if (names.has(name)) conflicts.push({ path: [index, 'name'], message: 'is the name of a site before' });
    names.add(name);
    const places = hosts.length === 0 ? [''] : hosts.map(canonical);
    for (const [at, host] of places.entries()) {
      const place = `${host}${path}`;
      const owner = owners.get(place);
      owners.set(place, owner ?? name);
      if (owner === undefined) continue;
      const message = owner === name ? 'stands in the list before' : `belongs to ${quote(owner)} at ${path}`;
      const any = `could never match: ${quote(owner)} answers to any host at ${path}`;
      conflicts.push(host === '' ? { path: [index], message: any } : { path: [index, 'hosts', at], message });
    }
  }
  return conflicts;
}

function canonical(host: string): string {
  const pattern = parseHostPattern(host);
  return pattern.ok ? formatHostPattern(pattern.value) : host;
}

/** The key of [http] of this name, which follows [http] where it is left out. */
function asIn<Name extends keyof ReturnType<typeof httpSchema.unwrap>['shape']>(name: Name) {
  return httpSchema.unwrap().shape[name].unwrap().optional().describe(`As http.${name}.`);
}
