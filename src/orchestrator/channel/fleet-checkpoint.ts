/**
 * What is in force in the fleet as text, so that a start need not read years of entries.
 *
 * A checkpoint lies beside the ledger and is foreign data like any other: one that does not fit in every part is none, and
 * the entries are read from the first. The schema has the type of the state, so a part that is added there cannot be
 * forgotten here.
 */
import { z } from 'zod';
import type { FleetSnapshot } from '../../fleet/fleet-state.ts';
import { snapshotBan } from '../../messages/channel-line.ts';
import { commandIssued, commandResult } from '../../messages/entries/commands.ts';
import { role } from '../../messages/entries/identity.ts';
import { modeSet } from '../../messages/entries/modes.ts';
import {
  policyAccepted,
  policyScope,
  revision,
  rolloutEnded,
  rolloutPlan,
} from '../../messages/entries/policies.ts';
import { scalingDecided, webhookEnded } from '../../messages/entries/scaling.ts';
import { author } from '../../messages/ledger-entry.ts';
import { count, nodeId, wallMs } from '../../messages/wire.ts';

const decided = { by: author, at_ms: wallMs };

const rollout = z.object({
  revision,
  scope: policyScope,
  plan: rolloutPlan,
  step: z.int().min(-1),
  step_at_ms: wallMs,
  nodes: z.array(nodeId),
  step_nodes: z.array(nodeId),
  paused: z.string().nullable(),
});

const policies = z.object({
  newest: count,
  revisions: z.array(policyAccepted.omit({ kind: true }).extend(decided)),
  stable: z.array(z.tuple([policyScope, revision])),
  rollout: rollout.nullable(),
  ends: z.array(rolloutEnded.omit({ kind: true }).extend({ at_ms: wallMs })),
});

const command = commandIssued.omit({ kind: true }).extend({
  ...decided,
  seq: count,
  results: z.array(commandResult.omit({ kind: true, id: true })),
});

const members = z.object({
  members: z.array(
    z.object({
      node: nodeId,
      serials: z.array(z.object({ serial: z.string(), expires_at_ms: wallMs })),
      enrolled_at_ms: wallMs,
      enrolment: z.object({ token: z.string(), hash: z.string(), key: z.string() }),
      group: z.string().nullable(),
      revoked: z.string().nullable(),
    }),
  ),
  tokens: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      role,
      hash: z.string(),
      expires_at_ms: wallMs.nullable(),
      made_at_ms: wallMs,
    }),
  ),
  enrolmentTokens: z.array(
    z.object({
      id: z.string(),
      hash: z.string(),
      expires_at_ms: wallMs,
      note: z.string(),
      group: z.string().nullable(),
    }),
  ),
});

const scaling = scalingDecided.omit({ kind: true }).extend({
  ...decided,
  ended: webhookEnded.omit({ kind: true, key: true }).extend({ at_ms: wallMs }).nullable(),
});

const fleetSnapshot = z.object({
  seq: count,
  bans: z.array(snapshotBan),
  modes: z.array(modeSet.omit({ kind: true }).extend({ seq: count })),
  policies,
  commands: z.array(command),
  members,
  scaling: z.array(scaling),
}) satisfies z.ZodType<FleetSnapshot>;

export function formatCheckpoint(snapshot: FleetSnapshot): string {
  return JSON.stringify(snapshot);
}

/** Null where the text is no snapshot of what was in force behind entry `seq`. */
export function parseCheckpoint(text: string, seq: number): FleetSnapshot | null {
  try {
    const snapshot = fleetSnapshot.safeParse(JSON.parse(text));
    return snapshot.success && snapshot.data.seq === seq ? snapshot.data : null;
  } catch {
    return null;
  }
}
