import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Clock } from '../../src/core/clock.ts';
import { ok, type Result } from '../../src/core/result.ts';
import type { LedgerEntry } from '../../src/messages/ledger-entry.ts';
import type {
  Answer,
  Call,
  LineCall,
  OrchestratorTransport,
} from '../../src/mitigation/control/orchestrator-transport.ts';
import type { Checkpoint, Draft, LedgerFault } from '../../src/orchestrator/ledger/ledger.ts';
import { runSeed } from './run-seed.ts';
import { LIMIT_COUNT } from './shared-limit.ts';
import { SimulatedLedger } from './simulated-disk.ts';
import type { ReplaceableParts } from './world.ts';

const SEEDS_MAX = 40;

/** What the first seed that notices says. */
async function found(parts: Partial<ReplaceableParts>): Promise<string> {
  for (let seed = 1; seed <= SEEDS_MAX; seed++) {
    const { violations } = await runSeed({ seed, parts });
    if (violations.length > 0) return violations.join('\n');
  }
  return 'nothing';
}

/** Shows a reader each entry as if it followed on the last, so that its check for gaps sees none. */
function withoutGaps(transport: OrchestratorTransport): OrchestratorTransport {
  const readLines = (call: LineCall): Promise<string> => {
    let seq = Number(new URLSearchParams(call.path.split('?')[1]).get('after'));
    const onLine = (text: string): string | null => {
      const line = JSON.parse(text) as { kind: string; seq?: number; after?: number };
      if (line.kind === 'hello') seq = line.after ?? 0;
      const shown = line.kind === 'entry' ? JSON.stringify({ ...line, prev: seq }) : text;
      seq = line.seq ?? seq;
      return call.onLine(shown);
    };
    return transport.readLines({ ...call, onLine });
  };
  return { call: (call) => transport.call(call), readLines, close: () => transport.close() };
}

/** Says that an entry is there before it is durable. */
class HastyLedger extends SimulatedLedger {
  override append(
    drafts: readonly Draft[],
    expectedHead?: number,
  ): Promise<Result<readonly LedgerEntry[], LedgerFault>> {
    const first = this.head + 1;
    void super.append(drafts, expectedHead);
    const entries = drafts.map(({ by, body, before = null }, index) => ({
      ...{ seq: first + index, at_ms: 0, by, before, body },
    }));
    return Promise.resolve(ok(entries));
  }
}

/** Shows a node its own time in place of the orchestrator's, so that it takes times of both for the same. */
function withoutClock(transport: OrchestratorTransport, clock: Clock): OrchestratorTransport {
  const readLines = (call: LineCall): Promise<string> => {
    const onLine = (text: string): string | null => {
      const line = JSON.parse(text) as { now_ms?: number };
      return call.onLine(
        line.now_ms === undefined ? text : JSON.stringify({ ...line, now_ms: Math.round(clock.wallMs()) }),
      );
    };
    return transport.readLines({ ...call, onLine });
  };
  return { call: (call) => transport.call(call), readLines, close: () => transport.close() };
}

/** Tells a node that it may admit all that the fleet may. */
function withoutShares(transport: OrchestratorTransport): OrchestratorTransport {
  const call = async (asked: Call): Promise<Result<Answer, string>> => {
    const answer = await transport.call(asked);
    if (!answer.ok || answer.value.status !== 200 || !asked.path.endsWith('/usage')) return answer;
    const told = JSON.stringify(answer.value.json).replaceAll(
      /"allowance":\d+/g,
      `"allowance":${LIMIT_COUNT}`,
    );
    return ok({ ...answer.value, json: JSON.parse(told) as unknown });
  };
  return { call, readLines: (lines) => transport.readLines(lines), close: () => transport.close() };
}

/** Keeps checkpoints that lack a part of what is in force. */
class ForgetfulLedger extends SimulatedLedger {
  override saveCheckpoint({ seq, state }: Checkpoint): Promise<Result<void, LedgerFault>> {
    const kept = { ...(JSON.parse(state) as object), bans: [] };
    return super.saveCheckpoint({ seq, state: JSON.stringify(kept) });
  }
}

it('notices a node that does not look for gaps in its channel', async () => {
  const openTransport: ReplaceableParts['openTransport'] = (transport) => withoutGaps(transport);
  assert.match(
    await found({ openTransport }),
    /does not ban|still bans|bans .* for|runs revision|is in mode/,
  );
});

it('notices an orchestrator that acknowledges before anything is durable', async () => {
  const makeLedger: ReplaceableParts['makeLedger'] = (disk, moment) => new HastyLedger(disk, moment);
  assert.match(await found({ makeLedger }), /was acknowledged|is lost/);
});

it('notices checkpoints that lack what is in force', async () => {
  const makeLedger: ReplaceableParts['makeLedger'] = (disk, moment) => new ForgetfulLedger(disk, moment);
  assert.match(await found({ makeLedger }), /the orchestrator does not ban/);
});

it('notices a node that takes the clock of the orchestrator for its own', async () => {
  const openTransport: ReplaceableParts['openTransport'] = withoutClock;
  assert.match(await found({ openTransport }), /too long|for \d+/);
});

it('notices nodes that admit more under a fleet-wide limit than they may', async () => {
  const openTransport: ReplaceableParts['openTransport'] = (transport) => withoutShares(transport);
  assert.match(await found({ openTransport }), /requests were admitted/);
});
