/**
 * What the fleet had in force on this node last, in the file `fleet-policy.json` of the state folder: a node that starts
 * while the orchestrator is away serves with it.
 *
 * The file is replaced as a whole, and read only as far as it may be large; one that cannot be used counts as none.
 */
import { join } from 'node:path';
import { z } from 'zod';
import { readConfigFile } from '../../config/config-file.ts';
import { messageOf } from '../../core/error-message.ts';
import { replaceFile } from '../../core/owner-file.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { fleetMode } from '../../messages/entries/modes.ts';
import { policyOrder } from '../../messages/order.ts';
import { count } from '../../messages/wire.ts';
import type { FleetSettings } from '../fleet-settings.ts';

const FILE_NAME = 'fleet-policy.json';

const keptFleet = z.object({
  version: z.literal(1),
  revision: count.nullable(),
  layers: policyOrder.shape.layers,
  mode: fleetMode,
});

/** Null where nothing was kept; the fault says why the file cannot be used. */
export function readKeptFleet(stateDir: string): Result<FleetSettings | null, string> {
  const path = join(stateDir, FILE_NAME);
  const bytes = readConfigFile(path);
  if (!bytes.ok) {
    return bytes.fault.kind === 'missing' ? ok(null) : fail(`${path} ${bytes.fault.message}`);
  }
  const kept = keptFleet.safeParse(parseJson(bytes.value));
  if (!kept.success) return fail(`${path} does not hold a policy`);
  const { revision, layers, mode } = kept.data;
  return ok({ revision, layers, mode });
}

/** Keeps it durably, readable by its owner only. */
export async function writeKeptFleet(
  stateDir: string,
  { revision, layers, mode }: FleetSettings,
): Promise<Result<void, string>> {
  const path = join(stateDir, FILE_NAME);
  const kept: z.output<typeof keptFleet> = { version: 1, revision, layers: [...layers], mode };
  try {
    await replaceFile(path, `${JSON.stringify(kept)}\n`);
    return ok(undefined);
  } catch (error) {
    return fail(`${path} cannot be written: ${messageOf(error)}`);
  }
}

/** Null for what is no JSON, or cut off because it is too large. */
function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return null;
  }
}
