/** Bans on more than an address: the greeting of a TLS library (JA4), and the network that an address belongs to. */
import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { requestText } from '../support/messages.ts';
import { Stand } from '../support/stand.ts';
import { until } from '../support/until.ts';

/** Documentation's AS (RFC 5398) with the loopback addresses that the test comes from. */
const NETWORKS = '127.44.0.0,127.44.255.255,64500\n';
const [INSIDE, OUTSIDE, EXEMPT] = ['127.44.0.1', '127.45.0.1', '127.44.0.9'];

describe('a ban on more than an address', { timeout: 60_000 }, () => {
  let folder: string;
  let stand: Stand;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'secbeat-wide-'));
    const networks = join(folder, 'networks.csv');
    writeFileSync(networks, NETWORKS);
    const settings = {
      geo: { enabled: true, asn_paths: [networks] },
      ddos: { blacklist: { whitelist: [EXEMPT] } },
    };
    stand = await Stand.open({ settings });
  });
  after(async () => {
    await stand.close();
    rmSync(folder, { recursive: true });
  });

  const serves = (from: string): Promise<boolean> => stand.serves({ from });

  const untilServed = (from: string, served: boolean): Promise<boolean> =>
    until(
      `${from} ${served ? 'served' : 'refused'}`,
      () => serves(from),
      (is) => is === served,
    );

  async function ban(target: string): Promise<void> {
    const answer = await stand.node.manage('POST', '/api/v1/blacklist', { ip: target, reason: 'a try' });
    assert.equal(answer.status, 200);
  }

  async function lift(target: string): Promise<void> {
    assert.equal((await stand.node.manage('DELETE', `/api/v1/blacklist/${target}`)).status, 200);
  }

  it('shuts out a network, also connections that are open, but nobody on the whitelist', async () => {
    const open = await stand.connect({ from: INSIDE });
    open.write(requestText('GET', '/'));
    await open.readUntil('\r\n\r\n');
    await ban('AS:64500');
    await open.untilEnd();
    await untilServed(INSIDE, false);
    assert.equal(await serves(OUTSIDE), true);
    assert.equal(await serves(EXEMPT), true);
    await lift('as:64500');
    await untilServed(INSIDE, true);
  });

  it('shuts out a fingerprint before its handshake, but nobody on the whitelist', async () => {
    await serves(OUTSIDE);
    const line = await stand.node.untilLine(/ja4=\S+/);
    const [, fingerprint] = /ja4=(\S+)/.exec(line) ?? [];
    const target = `ja4:${fingerprint}`;
    const open = await stand.connect({ from: OUTSIDE });
    open.write(requestText('GET', '/'));
    await open.readUntil('\r\n\r\n');
    await ban(target);
    await open.untilEnd();
    await untilServed(OUTSIDE, false);
    assert.equal(await serves(EXEMPT), true);
    await lift(target);
    await untilServed(OUTSIDE, true);
  });

  it('shuts out a prefix, but nobody on the whitelist, not even by a ban on the very address', async () => {
    await ban('127.44.0.0/24');
    await ban(EXEMPT);
    await untilServed(INSIDE, false);
    assert.equal(await serves(EXEMPT), true);
    await lift('127.44.0.0/24');
    await lift(EXEMPT);
    await untilServed(INSIDE, true);
  });

  it('says what is wrong with a target', async () => {
    const answer = await stand.node.manage('POST', '/api/v1/blacklist', { ip: 'as:zero' });
    assert.equal(answer.status, 422);
    assert.match(String(answer.body.detail), /number of a network/);
  });
});
