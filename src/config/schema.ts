/**
 * The whole configuration: one schema that types, defaults, checks, documentation and the JSON Schema come from.
 *
 * Each section is one file in `schema/`. Every key carries its description, which is the published text. A key
 * marked `restart` (or in a section marked so) takes effect at the next start; one marked `secret` is never shown.
 */
import { z } from 'zod';
import { acmeSchema } from './schema/acme.ts';
import { ddosSchema } from './schema/ddos.ts';
import { dnsSchema } from './schema/dns.ts';
import { fleetSchema } from './schema/fleet.ts';
import { geoSchema } from './schema/geo.ts';
import { httpSchema } from './schema/http.ts';
import { http2Schema } from './schema/http2.ts';
import { http3Schema } from './schema/http3.ts';
import { kernelSchema } from './schema/kernel.ts';
import { limitsSchema } from './schema/limits.ts';
import { listsSchema } from './schema/lists.ts';
import { loggingSchema } from './schema/logging.ts';
import { managementSchema } from './schema/management.ts';
import { metricsSchema } from './schema/metrics.ts';
import { natsSchema } from './schema/nats.ts';
import { networkSchema } from './schema/network.ts';
import { orchestratorSchema } from './schema/orchestrator.ts';
import { originSchema } from './schema/origin.ts';
import { sitesSchema } from './schema/sites.ts';
import { stateSchema } from './schema/state.ts';
import { underAttackSchema } from './schema/under-attack.ts';
import { upstreamSchema } from './schema/upstream.ts';
import { wafSchema } from './schema/waf.ts';

export const configSchema = z.strictObject({
  network: networkSchema,
  acme: acmeSchema,
  http: httpSchema,
  http2: http2Schema,
  http3: http3Schema,
  upstream: upstreamSchema,
  sites: sitesSchema,
  ddos: ddosSchema,
  lists: listsSchema,
  geo: geoSchema,
  kernel: kernelSchema,
  limits: limitsSchema,
  waf: wafSchema,
  under_attack: underAttackSchema,
  metrics: metricsSchema,
  logging: loggingSchema,
  orchestrator: orchestratorSchema,
  nats: natsSchema,
  management: managementSchema,
  state: stateSchema,
  fleet: fleetSchema,
  dns: dnsSchema,
  origin: originSchema,
});

/** The effective configuration, with the names of the file; frozen wherever this folder hands it out. */
export type Config = DeepReadonly<z.output<typeof configSchema>>;

export type DeepReadonly<Value> = Value extends readonly (infer Element)[]
  ? readonly DeepReadonly<Element>[]
  : Value extends object
    ? { readonly [Key in keyof Value]: DeepReadonly<Value[Key]> }
    : Value;

/** What applies when nothing is written anywhere. */
export function defaultConfig(): Config {
  return deepFreeze(configSchema.parse({}));
}

/** Freezes a tree of plain objects and lists; its depth is that of the schema. */
export function deepFreeze<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null) {
    Object.values(value).forEach(deepFreeze);
    Object.freeze(value);
  }
  return value;
}
