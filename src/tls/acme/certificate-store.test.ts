import assert from 'node:assert/strict';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { createSelfSigned } from '../self-signed.ts';
import { CertificateStore, type StoredCertificate } from './certificate-store.ts';
import { checkIssuedChain } from './issued-chain.ts';

const NAME = 'shop.example';
const folders: string[] = [];

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'secbeat-acme-'));
  folders.push(folder);
  return join(folder, 'acme');
}

async function issue(): Promise<{ readonly stored: StoredCertificate; readonly keyPem: string }> {
  const { certPem, keyPem } = await createSelfSigned([NAME]);
  const chain = checkIssuedChain(certPem, keyPem, NAME, Date.now());
  assert.ok(chain.ok);
  return { stored: { ...chain.value, directoryUrl: 'https://authority.example/' }, keyPem };
}

after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

describe('CertificateStore', () => {
  it('keeps a certificate with its key for the next start, for nobody but its user', async () => {
    const folder = newFolder();
    const { stored, keyPem } = await issue();
    assert.deepEqual(await new CertificateStore(folder).save(NAME, stored, keyPem), {
      ok: true,
      value: undefined,
    });
    const store = new CertificateStore(folder);
    assert.deepEqual(await store.load(NAME, Date.now()), { ok: true, value: stored });
    const { certPath, keyPath } = store.pathsOf(NAME);
    assert.equal(readFileSync(certPath, 'utf8'), stored.certPem);
    assert.equal(readFileSync(keyPath, 'utf8'), keyPem);
    assert.equal(statSync(keyPath).mode & 0o777, 0o600);
    assert.equal(statSync(folder).mode & 0o777, 0o700);
  });

  it('swaps certificate and key in one step, and keeps one older version', async () => {
    const store = new CertificateStore(newFolder());
    const pairs = [await issue(), await issue(), await issue()];
    for (const { stored, keyPem } of pairs) await store.save(NAME, stored, keyPem);
    const { certPath, keyPath } = store.pathsOf(NAME);
    assert.equal(readFileSync(keyPath, 'utf8'), pairs[2]?.keyPem);
    assert.equal(readFileSync(certPath, 'utf8'), pairs[2]?.stored.certPem);
    const entries = readdirSync(join(certPath, '..', '..'));
    assert.equal(entries.length, 3);
    assert.ok(entries.includes('current'));
  });

  it('knows of no certificate where none was kept', async () => {
    assert.deepEqual(await new CertificateStore(newFolder()).load(NAME, Date.now()), {
      ok: true,
      value: null,
    });
  });

  it('does not use a kept certificate that is damaged, for another name, or over', async () => {
    const store = new CertificateStore(newFolder());
    const { stored, keyPem } = await issue();
    await store.save(NAME, stored, keyPem);
    const late = await store.load(NAME, stored.validUntilMs + 1);
    assert.ok(!late.ok);
    assert.match(late.fault, /cert\.pem has expired/);
    writeFileSync(store.pathsOf(NAME).keyPath, 'damaged');
    assert.ok(!(await store.load(NAME, Date.now())).ok);
  });

  it('makes the account key once', async () => {
    const folder = newFolder();
    const [one, again] = [
      await new CertificateStore(folder).loadAccountKey(),
      await new CertificateStore(folder).loadAccountKey(),
    ];
    assert.ok(one.ok && again.ok);
    assert.equal(one.value.keyAuthorization('t'), again.value.keyAuthorization('t'));
    assert.deepEqual(readdirSync(join(folder, '_account')), ['key.pem']);
    assert.equal(statSync(join(folder, '_account', 'key.pem')).mode & 0o777, 0o600);
  });

  it('refuses an account key that others can read, and one that is damaged', async () => {
    const folder = newFolder();
    const path = join(folder, '_account', 'key.pem');
    await new CertificateStore(folder).loadAccountKey();
    chmodSync(path, 0o644);
    const open = await new CertificateStore(folder).loadAccountKey();
    assert.ok(!open.ok);
    assert.match(open.fault, /readable by others/);
    chmodSync(path, 0o600);
    writeFileSync(path, 'damaged');
    const damaged = await new CertificateStore(folder).loadAccountKey();
    assert.ok(!damaged.ok);
    assert.equal(readFileSync(path, 'utf8'), 'damaged');
  });

  it('leaves nothing behind where a certificate could not be put in its place', async () => {
    const folder = newFolder();
    const store = new CertificateStore(folder);
    const { stored, keyPem } = await issue();
    const current = join(folder, NAME, 'current');
    mkdirSync(join(current, 'in-the-way'), { recursive: true });
    assert.ok(!(await store.save(NAME, stored, keyPem)).ok);
    assert.deepEqual(readdirSync(join(folder, NAME)), ['current']);
  });

  it('says where it cannot write', async () => {
    const folder = newFolder();
    writeFileSync(folder, 'a file in the place of the folder');
    const store = new CertificateStore(folder);
    const { stored, keyPem } = await issue();
    const saved = await store.save(NAME, stored, keyPem);
    assert.ok(!saved.ok);
    assert.match(saved.fault, /cannot be kept in/);
    assert.ok(!(await store.loadAccountKey()).ok);
  });
});
