import assert from 'node:assert/strict';
import { it } from 'node:test';
import { ok, type Result } from '../../src/core/result.ts';
import type { LedgerEntry } from '../../src/messages/ledger-entry.ts';
import { ChannelReader } from '../../src/mitigation/control/channel-reader.ts';
import type { LineCall, OrchestratorTransport } from '../../src/mitigation/control/orchestrator-transport.ts';
import type { Draft, LedgerFault } from '../../src/orchestrator/ledger/ledger.ts';
import { runSeed } from './run-seed.ts';
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

/** Takes the orchestrator's clock for its own. */
class CredulousReader extends ChannelReader {
  override toOwnClock(wallMs: number): number {
    return wallMs;
  }
}

it('notices a node that does not look for gaps in its channel', async () => {
  const makeReader: ReplaceableParts['makeReader'] = (deps) =>
    new ChannelReader({ ...deps, transport: withoutGaps(deps.transport) });
  assert.match(await found({ makeReader }), /does not ban|still bans|bans .* for|runs revision|is in mode/);
});

it('notices an orchestrator that acknowledges before anything is durable', async () => {
  const makeLedger: ReplaceableParts['makeLedger'] = (disk, moment) => new HastyLedger(disk, moment);
  assert.match(await found({ makeLedger }), /was acknowledged|is lost/);
});

it('notices a node that takes the clock of the orchestrator for its own', async () => {
  const makeReader: ReplaceableParts['makeReader'] = (deps) => new CredulousReader(deps);
  assert.match(await found({ makeReader }), /too long|for \d+/);
});
