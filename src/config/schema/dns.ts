/** The orchestrator's own answers to DNS questions. */
import { z } from 'zod';
import { fail, ok } from '../../core/result.ts';
import { quote } from '../fault.ts';
import { isHostName } from '../listen-address.ts';
import { label, listenAddress, prefixList, text } from './values.ts';

const HOSTS_MAX = 100;
const REGIONS_MAX = 100;
const NAME_SERVERS_MAX = 13;

const hostName = text('a host name', 253, (value) =>
  isHostName(value)
    ? ok(value)
    : fail({ message: `must be a host name, not ${quote(value)}`, suggestion: null }),
);

const hostLabel = text('@, * or one label of a host name', 63, (value) =>
  value === '@' || value === '*' || (isHostName(value) && !value.includes('.'))
    ? ok(value)
    : fail({ message: `must be @, * or one label, not ${quote(value)}`, suggestion: null }),
);

const regionSchema = z.strictObject({
  name: label.describe('The region, as nodes name it in orchestrator.region.'),
  prefixes: prefixList.describe('Addresses of clients that belong to the region.'),
  next: z.array(label).max(REGIONS_MAX).default([]).describe('Regions that take over, the nearest first.'),
});

export const dnsSchema = z
  .strictObject({
    enabled: z
      .boolean()
      .default(false)
      .describe('Answer DNS questions for a zone that is delegated to here.'),
    listen_addr: listenAddress
      .default('127.0.0.1:5300')
      .describe('Where questions are answered, over UDP and TCP. Port 53 is what resolvers ask.'),
    zone: hostName.default('fleet.internal').describe('The zone that is answered for.'),
    hosts: z
      .array(hostLabel)
      .max(HOSTS_MAX)
      .default(['@', '*'])
      .describe('Names below the zone that lead to the nodes: "@" is the zone itself, "*" any one label.'),
    name_servers: z
      .array(hostName)
      .max(NAME_SERVERS_MAX)
      .default([])
      .describe('Names of the servers that answer for the zone; without any, ns.<zone>.'),
    ttl_seconds: z.int().min(0).max(86_400).default(5).describe('How long resolvers may keep an answer.'),
    answers_max: z.int().min(1).max(16).default(2).describe('Addresses in one answer.'),
    return_seconds: z
      .int()
      .min(0)
      .max(3600)
      .default(30)
      .describe('How long a node that was out takes to get its whole share again.'),
    probe: z
      .boolean()
      .default(true)
      .describe('Make a TCP connection to each node every second; without it, only what nodes tell counts.'),
    regions: z.array(regionSchema).max(REGIONS_MAX).default([]).describe('Where clients are.'),
  })
  .prefault({})
  .meta({ description: 'Answers to DNS questions with the nodes that can be reached.', restart: true });
