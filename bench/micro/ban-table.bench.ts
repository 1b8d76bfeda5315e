/** What asking for a ban costs. Run: bun bench/micro/ban-table.bench.ts */
import { createBanTableMemory } from '../../src/core/ban-slots.ts';
import { BanTable } from '../../src/core/ban-table.ts';
import { measure } from './measure.ts';

const BANS = 65_536;
const table = new BanTable(createBanTableMemory(BANS, { low: 0x1234567, high: 0x89abcde }));
const words = Int32Array.of(0, 0, 0xffff, 0);
const nowMs = 1_000_000;

function ask(title: string, clients: number): void {
  measure(title, (call) => {
    words[3] = 0x0a000000 + ((call * 7919) % clients);
    return table.isBanned(words, nowMs) ? 1 : 0;
  });
}

ask('isBanned, nobody is banned', 1000);
for (let client = 0; client < 1000; client++) {
  words[3] = client;
  table.set(words, nowMs, nowMs + 1e6, 0);
}
ask('isBanned, 1000 others are banned', 1000);
for (let client = 0; client < BANS / 2; client++) {
  words[3] = 0x0a000000 + client;
  table.set(words, nowMs, nowMs + 1e6, 0);
}
ask('isBanned, one of 1000 asked of 33,768 banned', 1000);
ask('isBanned, all asked, half of them banned', BANS);
