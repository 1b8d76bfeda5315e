/** What must hold between the settings of an orchestrator, and between those with which a node finds its own. */
import { isOpenToOthers, leadsToLoopback } from './listeners.ts';
import { faultIf, type Relation } from './relation.ts';

export const FLEET_RELATIONS: readonly Relation[] = [
  {
    // Otherwise a second heartbeat starts while the first still waits.
    keys: ['orchestrator.heartbeat.timeout', 'orchestrator.heartbeat.interval'],
    check: ({ orchestrator: { heartbeat } }) =>
      faultIf(
        heartbeat.timeout >= heartbeat.interval,
        `must be less than interval, which is ${heartbeat.interval}`,
      ),
  },
  {
    keys: ['fleet.listen_addr', 'fleet.tls.enabled'],
    check: ({ fleet }) =>
      faultIf(
        isOpenToOthers(fleet.listen_addr) && !fleet.tls.enabled,
        'is reachable from other machines, where anyone could read tokens on their way and pose as a node',
        'set fleet.tls.enabled = true, or listen on 127.0.0.1',
      ),
  },
  {
    keys: [
      'orchestrator.server_url',
      'orchestrator.enrolment_token',
      'orchestrator.ca_path',
      'orchestrator.ca_fingerprint',
    ],
    check: ({ orchestrator }) =>
      faultIf(
        orchestrator.server_url.startsWith('http:') &&
          [orchestrator.enrolment_token, orchestrator.ca_path, orchestrator.ca_fingerprint].some(
            (value) => value !== undefined,
          ),
        'begins with http://, but enrolment_token, ca_path and ca_fingerprint are for TLS',
        'write https://',
      ),
  },
  {
    // What is said over TLS to one of them is not to be said in the open to another.
    keys: ['orchestrator.server_urls', 'orchestrator.server_url'],
    check: ({ orchestrator }) => {
      const scheme = orchestrator.server_url.split(':', 1)[0]!;
      const other = orchestrator.server_urls.find((text) => !text.startsWith(`${scheme}:`));
      return faultIf(
        other !== undefined,
        `must all begin with ${scheme}:// like server_url, unlike ${other}`,
        `write ${scheme}://`,
      );
    },
  },
  {
    keys: ['orchestrator.ca_fingerprint', 'orchestrator.ca_path'],
    check: ({ orchestrator }) =>
      faultIf(
        orchestrator.ca_fingerprint !== undefined && orchestrator.ca_path !== undefined,
        'and ca_path name the same certificate: write one of them',
      ),
  },
  {
    // Whoever answers could give the node a certificate of another authority and orders of its own.
    keys: ['orchestrator.enrolment_token', 'orchestrator.ca_path', 'orchestrator.ca_fingerprint'],
    check: ({ orchestrator }) =>
      faultIf(
        orchestrator.enrolment_token !== undefined &&
          orchestrator.ca_fingerprint === undefined &&
          orchestrator.ca_path === undefined,
        'needs ca_fingerprint or ca_path: without it the node could not tell who answers',
        'copy both lines that secbeat enroll-token has printed',
      ),
  },
  {
    keys: ['fleet.min_fleet_size', 'fleet.max_fleet_size'],
    check: ({ fleet }) =>
      faultIf(
        fleet.min_fleet_size > fleet.max_fleet_size,
        `is above max_fleet_size, which is ${fleet.max_fleet_size}`,
      ),
  },
  {
    // Otherwise a fleet would be too large and too small at once.
    keys: ['fleet.scale_down_cpu_threshold', 'fleet.scale_up_cpu_threshold'],
    check: ({ fleet }) =>
      faultIf(
        fleet.scale_down_cpu_threshold >= fleet.scale_up_cpu_threshold,
        `must be less than scale_up_cpu_threshold, which is ${fleet.scale_up_cpu_threshold}`,
      ),
  },
  {
    keys: ['fleet.provisioning_webhook_url'],
    check: ({ fleet: { provisioning_webhook_url: webhookUrl } }) =>
      faultIf(
        webhookUrl?.startsWith('http:') === true && !leadsToLoopback(webhookUrl),
        'would be called in the clear over the network',
        'use https, or a receiver on 127.0.0.1',
      ),
  },
];
