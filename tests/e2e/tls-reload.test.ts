/** Certificate files that change under load: taken up without a signal, without a loss, and never half. */
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { it, type TestContext } from 'node:test';
import { createSelfSigned } from '../../src/tls/self-signed.ts';
import { readResponse, requestText } from '../support/messages.ts';
import { Stand } from '../support/stand.ts';
import { SteadyClient } from '../support/steady-client.ts';
import { handshake } from '../support/tls-client.ts';
import { until } from '../support/until.ts';

const CHANGES = 20;
/** Every so many changes nobody tells the node, which notices by itself. */
const UNTOLD_EVERY = 5;

/** Writes a pair into a folder of its own and lets `current` point there, as certificate tools do. */
async function putPair(stand: Stand, version: number): Promise<string> {
  const { certPem, keyPem } = await createSelfSigned(['localhost', `v${version}.example`]);
  const name = `version-${version}`;
  const { folder } = stand.node;
  mkdirSync(join(folder, name));
  writeFileSync(join(folder, name, 'key.pem'), keyPem);
  writeFileSync(join(folder, name, 'cert.pem'), certPem);
  symlinkSync(name, join(folder, `next-${version}`));
  renameSync(join(folder, `next-${version}`), join(folder, 'current'));
  return new X509Certificate(certPem).fingerprint256;
}

/** The path goes through a symbolic link, which a first certificate is made behind. */
async function open(t: TestContext): Promise<Stand> {
  const stand = await Stand.open();
  t.after(() => stand.close());
  await putPair(stand, 0);
  const { folder } = stand.node;
  await stand.node.reload({
    network: {
      tls: { cert_path: join(folder, 'current', 'cert.pem'), key_path: join(folder, 'current', 'key.pem') },
    },
  });
  return stand;
}

async function shown(stand: Stand): Promise<string> {
  const { wire, certificate } = await handshake(stand.node.port);
  wire.close();
  return certificate.fingerprint256;
}

function untilShown(stand: Stand, fingerprint: string): Promise<unknown> {
  // Both workers, whichever a connection comes to.
  return until(
    'new certificate',
    async () => [await shown(stand), await shown(stand), await shown(stand), await shown(stand)],
    (seen) => seen.every((one) => one === fingerprint),
  );
}

it(`loses nothing over ${CHANGES} changes of the files, and leaves open connections alone`, async (t) => {
  const stand = await open(t);
  const kept = await stand.connect();
  kept.write(requestText('GET', '/'));
  assert.equal((await readResponse(kept)).status, 200);
  const load = new SteadyClient({ connect: () => stand.connect(), perSecond: 100, freshEvery: 5 });
  for (let version = 1; version <= CHANGES; version++) {
    const fingerprint = await putPair(stand, version);
    if (version % UNTOLD_EVERY !== 0) await stand.node.reload({});
    await untilShown(stand, fingerprint);
  }
  const report = await load.stop();
  assert.deepEqual(report.faults, []);
  assert.equal(report.answered, report.sent);
  kept.write(requestText('GET', '/'));
  assert.equal((await readResponse(kept)).status, 200);
});

it('refuses a broken pair, says so, and takes the next good one', async (t) => {
  const stand = await open(t);
  const before = await shown(stand);
  const lines = stand.node.log.length;
  writeFileSync(join(stand.node.folder, 'current', 'cert.pem'), 'broken');
  assert.match(
    await stand.node.untilLine(/Certificate refused/, lines),
    /ERROR: .*cert\.pem is not a certificate/,
  );
  assert.equal(await shown(stand), before);
  assert.equal((await stand.request()).status, 200);
  await untilShown(stand, await putPair(stand, 1));
});

it('takes up a renewed certificate of one name and leaves the others', async (t) => {
  const stand = await open(t);
  const { folder } = stand.node;
  const paths = { cert_path: join(folder, 'shop.pem'), key_path: join(folder, 'shop.key') };
  const put = async (): Promise<string> => {
    const { certPem, keyPem } = await createSelfSigned(['shop.example']);
    writeFileSync(paths.key_path, keyPem);
    writeFileSync(paths.cert_path, certPem);
    return new X509Certificate(certPem).fingerprint256;
  };
  const first = await put();
  await stand.node.reload({ network: { tls: { certificates: [paths] } } });
  const shownForShop = async (): Promise<string> => {
    const { wire, certificate } = await handshake(stand.node.port, { servername: 'shop.example' });
    wire.close();
    return certificate.fingerprint256;
  };
  const other = await shown(stand);
  assert.equal(await shownForShop(), first);
  const second = await put();
  await until('renewed certificate', shownForShop, (seen) => seen === second);
  assert.equal(await shown(stand), other);
});
