/** The settings of the orchestrator itself. */
import { z } from 'zod';
import { rolloutSchema } from './rollout.ts';
import { hostOrAddress, listenAddress, SECONDS_MAX, token, url } from './values.ts';

const fraction = z.number().min(0).max(1);

const TLS_NAMES_MAX = 64;

export const fleetTlsSchema = z
  .strictObject({
    enabled: z
      .boolean()
      .default(false)
      .describe(
        'Serve the API over TLS, with an authority of its own that gives each node a certificate. Nodes need one then.',
      ),
    names: z
      .array(hostOrAddress)
      .max(TLS_NAMES_MAX)
      .default([])
      .describe(
        'Names and addresses at which nodes reach the orchestrator, beside the host of listen_addr and this machine.',
      ),
  })
  .prefault({})
  .describe('TLS and certificates of nodes.');

export const fleetSchema = z
  .strictObject({
    listen_addr: listenAddress
      .default('127.0.0.1:3030')
      .describe(
        'Where the orchestrator serves its API. An address that is not loopback needs tls and a token.',
      ),
    metrics_addr: listenAddress
      .default('127.0.0.1:9091')
      .describe('Where the orchestrator serves GET /metrics.'),
    heartbeat_interval: z
      .int()
      .min(1)
      .max(3600)
      .default(30)
      .describe('Seconds between two heartbeats, as told to every node that registers.'),
    max_missed: z
      .int()
      .min(1)
      .max(1000)
      .default(3)
      .describe('Heartbeats that a node may miss before it can be declared dead.'),
    dead_node_check_interval: z
      .int()
      .min(1)
      .max(3600)
      .default(10)
      .describe('Seconds between two searches for silent nodes.'),
    scaling_check_interval: z
      .int()
      .min(1)
      .max(3600)
      .default(60)
      .describe('Seconds between two looks at how much the fleet has to do.'),
    min_fleet_size: z.int().min(0).max(10_000).default(1).describe('Nodes that scaling never goes below.'),
    max_fleet_size: z
      .int()
      .min(1)
      .max(10_000)
      .default(10)
      .describe('Nodes that scaling and self-healing never go above.'),
    max_scaling_step: z
      .int()
      .min(1)
      .max(100)
      .default(1)
      .describe('Most nodes that one decision of the scaler asks for or sends away.'),
    cooldown_seconds: z
      .int()
      .min(0)
      .max(SECONDS_MAX)
      .default(300)
      .describe('Seconds after a decision in which the scaler makes no other.'),
    scale_up_cpu_threshold: fraction
      .default(0.8)
      .describe('Demand, as a share of what the nodes can carry, beyond which more of them are asked for.'),
    scale_down_cpu_threshold: fraction
      .default(0.3)
      .describe('Demand below which a node is sent away; less than scale_up_cpu_threshold.'),
    scaling_latency_target_ms: z
      .int()
      .min(1)
      .max(600_000)
      .optional()
      .describe('Median time to answer that counts as full demand. Unset, latency does not count.'),
    scaling_forecast_minutes: z
      .int()
      .min(1)
      .max(120)
      .default(10)
      .describe('How far ahead demand is forecast.'),
    heals_per_hour_max: z
      .int()
      .min(0)
      .max(1000)
      .default(5)
      .describe('Replacements for failed nodes that are asked for within an hour.'),
    provisioning_webhook_url: url('http', 'https')
      .optional()
      .describe(
        'Where nodes are asked for: https, or http on a loopback address. Unset, decisions are only recorded.',
      ),
    provisioning_webhook_secret: token.optional().meta({
      description: 'Key that the calls of the provisioning receiver are signed with.',
      secret: true,
    }),
    token: token.optional().meta({
      description: 'Bearer token of an admin. Once it is set, or a token is made, every call needs one.',
      secret: true,
    }),
    tls: fleetTlsSchema,
    rollout: rolloutSchema,
  })
  .prefault({})
  .meta({ description: 'The orchestrator itself.', restart: true });
