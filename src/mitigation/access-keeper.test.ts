import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { defaultConfig } from '../config/schema.ts';
import { compileAccessLists } from '../core/access-lists.ts';
import { ManualClock } from '../core/clock.ts';
import { silentLogger } from '../core/logger.ts';
import { AccessKeeper } from './access-keeper.ts';

it('the kernel gets no ban that would keep out a sender of PROXY headers, and with it all behind it', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'secbeat-access-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const program = join(folder, 'nft');
  const taken = join(folder, 'taken');
  writeFileSync(program, `#!/bin/sh\ncat >> ${taken}\n`);
  chmodSync(program, 0o700);
  const defaults = defaultConfig();
  const config = {
    ...defaults,
    network: { ...defaults.network, proxy_protocol_from: ['192.0.2.8/29'] },
    kernel: { ...defaults.kernel, nftables: true, nft_path: program },
    state: { ...defaults.state, dir: folder },
  };
  const clock = new ManualClock();
  const banned = ['192.0.2.9', '192.0.2.0/24', '192.0.2.1'];
  const keeper = new AccessKeeper({
    config,
    configured: compileAccessLists([], []),
    clock,
    logger: silentLogger,
    tell: () => undefined,
    readBans: () => banned.map((target) => ({ target, expiresAtMs: clock.wallMs() + 60_000 })),
  });
  await keeper.guard(config, { host: '127.0.0.1', port: 443 });
  const script = readFileSync(taken, 'utf8');
  await keeper.close();
  assert.match(script, /192\.0\.2\.1 timeout/);
  assert.doesNotMatch(script, /192\.0\.2\.9 timeout|192\.0\.2\.0 timeout/);
});
