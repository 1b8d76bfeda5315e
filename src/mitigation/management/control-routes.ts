/** POST /control/terminate, /control/drain, /control/resume and /config/reload: what a node is to do, and by what. */
import { Hono } from 'hono';
import { z } from 'zod';
import type { Clock } from '../../core/clock.ts';
import type { NodeControl } from '../node-control.ts';
import { readJsonBody } from './json-body.ts';
import { problem } from './problem.ts';

/** Unknown fields are let through: a newer orchestrator must be able to end an older node. */
const terminateSchema = z.object({
  reason: z.string().max(256).default('management request'),
  timestamp: z.string().max(64).optional(),
  grace_period_seconds: z.number().min(0).max(86_400).optional(),
});

const drainSchema = z.object({ grace_period_seconds: z.number().min(0).max(86_400).optional() });

/** `force` is accepted and changes nothing, since every reload reads and applies the files anew. */
const reloadSchema = z.strictObject({ force: z.boolean().optional() });

export function createControlRoutes(control: NodeControl, clock: Clock): Hono {
  const routes = new Hono();
  let reloading = false;

  routes.post('/control/terminate', async (context) => {
    const body = await readJsonBody(context, { schema: terminateSchema, emptyAllowed: true });
    if (!body.ok) return body.fault;
    const { reason, grace_period_seconds: requestedSeconds } = body.value;
    const graceSeconds = control.terminate(reason, requestedSeconds ?? null);
    const message = 'The node drains and ends';
    return context.json({ success: true, message, grace_period_seconds: graceSeconds });
  });

  routes.post('/control/drain', async (context) => {
    const body = await readJsonBody(context, { schema: drainSchema, emptyAllowed: true });
    if (!body.ok) return body.fault;
    const drained = await control.drain('operator', body.value.grace_period_seconds ?? null);
    if (!drained.ok) return problem(context, 'not_possible_now', { detail: drained.fault });
    const message = 'The node takes no new connections and finishes the old ones';
    return context.json({ success: true, message, grace_period_seconds: drained.value });
  });

  routes.post('/control/resume', async (context) => {
    // The fleet would say so again; without its word, whoever works at the node has the last one.
    if (control.isDrainedBy('fleet') && control.status().controlLink === 'up') {
      return problem(context, 'drained_by_fleet');
    }
    const resumed = await control.resume(['operator', 'fleet']);
    if (!resumed.ok) return problem(context, 'not_possible_now', { detail: resumed.fault });
    return context.json({ success: true, message: 'The node takes connections' });
  });

  routes.post('/config/reload', async (context) => {
    const body = await readJsonBody(context, { schema: reloadSchema, emptyAllowed: true });
    if (!body.ok) return body.fault;
    if (reloading) return problem(context, 'reload_in_progress');
    reloading = true;
    const report = await control.reload().finally(() => {
      reloading = false;
    });
    if (!report.ok) {
      const errors = report.fault.map((message) => ({ path: '', message }));
      return problem(context, 'configuration_refused', { errors });
    }
    const { applied, needsRestart } = report.value;
    return context.json({
      success: true,
      message: reloadMessage(applied.length, needsRestart.length),
      timestamp: new Date(clock.wallMs()).toISOString(),
      applied,
      needs_restart: needsRestart,
    });
  });

  return routes;
}

function reloadMessage(appliedCount: number, restartCount: number): string {
  if (appliedCount + restartCount === 0) return 'Nothing has changed';
  const applied = `${appliedCount} changed settings are in force`;
  return restartCount === 0 ? applied : `${applied}, ${restartCount} need a restart`;
}
