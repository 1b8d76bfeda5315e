import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, describe, it } from 'node:test';
import { fail, ok } from '../core/result.ts';
import { loadCertificate } from './certificate.ts';

const NAMES = ok(['localhost', '127.0.0.1', '::1']);
const folders: string[] = [];

function paths(): { readonly cert: string; readonly key: string } {
  const folder = mkdtempSync(join(tmpdir(), 'secbeat-cert-'));
  folders.push(folder);
  return { cert: join(folder, 'tls', 'cert.pem'), key: join(folder, 'tls', 'key.pem') };
}

after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

describe('certificate of the listener', () => {
  it('is made once where neither file is there, with mode 0600, and then kept', async () => {
    const { cert, key } = paths();
    const made = await loadCertificate(cert, key, NAMES);
    assert.ok(made.ok);
    assert.ok(made.value.created);
    assert.equal(statSync(cert).mode & 0o777, 0o600);
    assert.equal(statSync(key).mode & 0o777, 0o600);
    const certificate = new X509Certificate(made.value.certPem);
    assert.match(certificate.subjectAltName ?? '', /DNS:localhost.*IP Address:127\.0\.0\.1/);
    const again = await loadCertificate(cert, key, NAMES);
    assert.deepEqual(again, { ok: true, value: { ...made.value, created: false } });
  });

  it('is not made where none may be made', async () => {
    const { cert, key } = paths();
    const result = await loadCertificate(cert, key, fail('put one there'));
    assert.deepEqual(result, { ok: false, fault: 'put one there' });
    assert.ok(!existsSync(cert) && !existsSync(key));
  });

  it('leaves no key behind where the certificate cannot be written, so that the next start is not refused', async () => {
    const { cert, key } = paths();
    mkdirSync(dirname(cert), { recursive: true });
    symlinkSync('nowhere', cert);
    const result = await loadCertificate(cert, key, NAMES);
    assert.ok(!result.ok);
    assert.ok(!existsSync(key));
    rmSync(cert);
    assert.ok((await loadCertificate(cert, key, NAMES)).ok);
  });

  it('is refused where half of the pair is missing, and nothing is written', async () => {
    const { cert, key } = paths();
    await loadCertificate(cert, key, NAMES);
    const kept = readFileSync(cert, 'utf8');
    rmSync(key);
    const result = await loadCertificate(cert, key, NAMES);
    assert.ok(!result.ok);
    assert.match(result.fault, /key\.pem is missing/);
    assert.equal(readFileSync(cert, 'utf8'), kept);
  });

  it('is refused where key and certificate do not belong together', async () => {
    const one = paths();
    const other = paths();
    await loadCertificate(one.cert, one.key, NAMES);
    await loadCertificate(other.cert, other.key, NAMES);
    const result = await loadCertificate(one.cert, other.key, NAMES);
    assert.ok(!result.ok);
    assert.match(result.fault, /does not belong/);
  });

  it('is refused where a file holds something else', async () => {
    const { cert, key } = paths();
    await loadCertificate(cert, key, NAMES);
    writeFileSync(cert, 'no certificate');
    const result = await loadCertificate(cert, key, NAMES);
    assert.ok(!result.ok);
    assert.match(result.fault, /cert\.pem is not a certificate/);
  });
});
