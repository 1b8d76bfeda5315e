import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SHARED_BANS_MAX, type SharedBan, SharedBans } from '../../fleet/shared-bans.ts';
import type { ReportedBan } from '../../messages/ban-report.ts';
import type { FleetHub } from '../channel/fleet-hub.ts';
import { SharedBanDesk } from './shared-ban-desk.ts';

const NOW_MS = 1_700_000_000_000;
const NODE = { kind: 'node', id: '10000000-0000-4000-8000-00000000000a' } as const;

function ban(nth: number, endsAtMs = NOW_MS + 60_000): SharedBan {
  const target = `10.${nth >> 16}.${(nth >> 8) & 255}.${nth & 255}`;
  const found = { reason: 'x', source: 'automatic', confidence: 1 } as const;
  return { target, ...found, expires_at_ms: endsAtMs, set_at_ms: NOW_MS };
}

function deskOver(bans: SharedBans): SharedBanDesk {
  const decide: FleetHub['decide'] = async (drafts) => ({
    ok: true,
    value: drafts.map((draft, index) => ({ seq: index + 1, at_ms: NOW_MS, before: null, ...draft })),
  });
  return new SharedBanDesk({ state: { bans }, wallMs: () => NOW_MS, decide } as unknown as FleetHub);
}

function reported(count: number): readonly ReportedBan[] {
  const found = { reason: 'x', confidence: 1, manual: false, duration_seconds: 60 };
  return Array.from({ length: count }, (_, nth) => ({ ...found, target: `192.0.2.${nth}` }));
}

describe('the desk of shared bans', () => {
  it('keeps room for people, whatever nodes report', async () => {
    const bans = new SharedBans();
    bans.replace(Array.from({ length: SHARED_BANS_MAX - 10_003 }, (_, nth) => ban(nth)));
    const desk = deskOver(bans);
    assert.deepEqual(await desk.report({ bans: [...reported(10)], lifted: [] }, NODE), {
      ok: true,
      value: 3,
    });
    const wish = {
      target: '198.51.100.1',
      reason: '',
      source: 'manual',
      confidence: 1,
      durationSeconds: 60,
    } as const;
    assert.ok((await desk.ban(wish, { kind: 'token', id: 'configured' })).ok);
  });

  it('lets what is over make room', async () => {
    const bans = new SharedBans();
    bans.replace(Array.from({ length: SHARED_BANS_MAX }, (_, nth) => ban(nth, NOW_MS + (nth % 2) * 60_000)));
    const outcome = await deskOver(bans).report({ bans: [...reported(10)], lifted: [] }, NODE);
    assert.deepEqual(outcome, { ok: true, value: 10 });
  });
});
