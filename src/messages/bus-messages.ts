/** What leaves and comes over NATS for other programs: JSON, one message each. Subjects begin with `nats.prefix`. */
import { z } from 'zod';
import { banTarget } from './ban-target.ts';
import { longText, shortText } from './wire.ts';

const timestamp = z.iso.datetime().describe('RFC 3339, UTC.');

/** `PREFIX.events.waf`: what the firewall of a node has decided about one request. */
export const wafEvent = z.object({
  node_id: z.string().nullable(),
  timestamp,
  source_ip: z.string(),
  http_method: z.string(),
  uri: z.string().describe('Path and names of arguments; what these have as values is left out.'),
  host_header: z.string(),
  /** Not kept with decisions. */
  user_agent: z.null(),
  waf_result: z.object({
    action: z.enum(['LOG', 'BLOCK']),
    matched_rules: z.array(z.string()),
    confidence: z.number().min(0).max(1),
  }),
  /** Not kept with decisions. */
  request_size: z.null(),
  response_status: z.int(),
  /** Not kept with decisions. */
  processing_time_ms: z.null(),
  /** Of the decision, for `secbeat explain` on the node. */
  decision_id: z.string(),
});

/** `PREFIX.control.commands`: a ban of the fleet has begun or ended. The same id twice is the same command. */
export const controlCommand = z.object({
  command_id: z.string(),
  action: z.enum(['ADD_DYNAMIC_RULE', 'REMOVE_DYNAMIC_RULE']),
  rule_type: z.literal('IP_BLOCK'),
  target: z.string(),
  ttl_seconds: z.int().min(0).nullable(),
  timestamp,
  metadata: z.record(z.string(), z.string()),
});

/** Longer bans are for people to make. */
const DURATION_SECONDS_MAX = 30 * 86_400;

/** `PREFIX.commands.block`: somebody whom the servers know wants an address banned. */
export const blockCommand = z.object({
  command_id: shortText.min(1),
  ip: banTarget,
  reason: longText,
  duration_seconds: z.number().positive().max(DURATION_SECONDS_MAX),
  action: z.literal('block'),
  issued_at: z.iso.datetime({ offset: true }),
  source: shortText,
});

export type WafEvent = z.output<typeof wafEvent>;
export type ControlCommand = z.output<typeof controlCommand>;
export type BlockCommand = z.output<typeof blockCommand>;
