import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { CertificateBook, readProfiles } from './certificate-book.ts';
import type { CertificateFiles } from './certificate-files.ts';
import { createSelfSigned } from './self-signed.ts';

const folders: string[] = [];
after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

function createFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'secbeat-book-'));
  folders.push(folder);
  return folder;
}

async function writePair(folder: string, ...names: readonly string[]): Promise<string> {
  const { certPem, keyPem } = await createSelfSigned(names);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'key.pem'), keyPem);
  writeFileSync(join(folder, 'cert.pem'), certPem);
  return certPem;
}

function filesOf(folder: string, more: Partial<CertificateFiles> = {}): CertificateFiles {
  return {
    names: null,
    certPath: join(folder, 'cert.pem'),
    keyPath: join(folder, 'key.pem'),
    clientCertificates: 'off',
    clientCaPath: null,
    ...more,
  };
}

/** A book of one certificate, with what it has told. */
async function openBook(files: CertificateFiles): Promise<{
  readonly book: CertificateBook;
  readonly changes: string[][];
  readonly faults: string[];
}> {
  const changes: string[][] = [];
  const faults: string[] = [];
  const book = new CertificateBook({
    onChange: (profiles) => changes.push(profiles.map(({ certPem }) => certPem)),
    onFault: (fault) => faults.push(fault),
  });
  const profiles = await readProfiles([files]);
  assert.ok(profiles.ok);
  await book.configure([files], profiles.value);
  return { book, changes, faults };
}

async function lookTwice(book: CertificateBook): Promise<void> {
  await book.look();
  await book.look();
}

describe('certificates of a configuration', () => {
  it('are shown for the names that stand in them, or for those that are configured', async () => {
    const folder = createFolder();
    await writePair(folder, 'Shop.example', '*.shop.example', '192.0.2.1');
    const read = await readProfiles([filesOf(folder), filesOf(folder, { names: ['*.Other.example'] })]);
    assert.ok(read.ok);
    assert.deepEqual(
      read.value.map(({ names }) => names),
      [['shop.example', '*.shop.example'], ['*.other.example']],
    );
  });

  it('are refused all together where one is broken, and each fault is told', async () => {
    const good = createFolder();
    const torn = createFolder();
    await writePair(good, 'a.example');
    await writePair(torn, 'b.example');
    await writePair(join(torn, 'other'), 'c.example');
    renameSync(join(torn, 'other', 'key.pem'), join(torn, 'key.pem'));
    const missing = createFolder();
    const noCa = filesOf(good, { clientCertificates: 'required', clientCaPath: filesOf(good).keyPath });
    const read = await readProfiles([filesOf(good), filesOf(torn), filesOf(missing), noCa]);
    assert.ok(!read.ok);
    assert.equal(read.fault.length, 3);
    assert.match(read.fault[0]!, /key\.pem does not belong to the certificate/);
    assert.match(read.fault[1]!, /cert\.pem cannot be read \(ENOENT\)/);
    assert.match(read.fault[2]!, /key\.pem/);
  });
});

describe('certificates in force', () => {
  it('follow their files once these have settled, and tell of it once', async () => {
    const folder = createFolder();
    await writePair(folder, 'a.example');
    const { book, changes } = await openBook(filesOf(folder));
    await lookTwice(book);
    assert.deepEqual(changes, []);
    const renewed = await writePair(folder, 'a.example');
    await book.look();
    assert.deepEqual(changes, []);
    await book.look();
    assert.deepEqual(changes, [[renewed]]);
    await lookTwice(book);
    assert.equal(changes.length, 1);
  });

  it('follow a symbolic link that is swapped', async () => {
    const folder = createFolder();
    await writePair(join(folder, 'one'), 'a.example');
    const renewed = await writePair(join(folder, 'two'), 'a.example');
    symlinkSync('one', join(folder, 'current'));
    const { book, changes } = await openBook(filesOf(join(folder, 'current')));
    symlinkSync('two', join(folder, 'next'));
    renameSync(join(folder, 'next'), join(folder, 'current'));
    await lookTwice(book);
    assert.deepEqual(changes, [[renewed]]);
  });

  it('are those of now even where a file changed between reading it and watching it', async () => {
    const folder = createFolder();
    await writePair(folder, 'a.example');
    const files = [filesOf(folder)];
    const profiles = await readProfiles(files);
    assert.ok(profiles.ok);
    const renewed = await writePair(folder, 'a.example');
    const book = new CertificateBook({ onChange: () => undefined, onFault: assert.fail });
    await book.configure(files, profiles.value);
    assert.deepEqual(
      book.profiles.map(({ certPem }) => certPem),
      [renewed],
    );
  });

  it('stay where the new pair is broken, until it is whole', async () => {
    const folder = createFolder();
    await writePair(folder, 'a.example');
    const { book, changes, faults } = await openBook(filesOf(folder));
    const { certPem, keyPem } = await createSelfSigned(['a.example']);
    writeFileSync(join(folder, 'cert.pem'), certPem);
    await lookTwice(book);
    assert.deepEqual(changes, []);
    assert.equal(faults.length, 1);
    assert.match(faults[0]!, /does not belong/);
    rmSync(join(folder, 'key.pem'));
    await lookTwice(book);
    assert.equal(faults.length, 2);
    writeFileSync(join(folder, 'key.pem'), keyPem);
    await lookTwice(book);
    assert.deepEqual(changes, [[certPem]]);
  });

  it('have those behind them that the node has got itself, also after another configuration', async () => {
    const folder = createFolder();
    const got = createFolder();
    const configured = await writePair(folder, 'a.example');
    const { book, changes, faults } = await openBook(filesOf(folder));
    await book.add('b.example', join(got, 'cert.pem'), join(got, 'key.pem'));
    assert.equal(faults.length, 1);
    const added = await writePair(got, 'b.example');
    await book.add('b.example', join(got, 'cert.pem'), join(got, 'key.pem'));
    assert.deepEqual(changes, [[configured, added]]);
    const files = [filesOf(folder)];
    const profiles = await readProfiles(files);
    assert.ok(profiles.ok);
    await book.configure(files, profiles.value);
    assert.deepEqual(
      book.profiles.map(({ certPem }) => certPem),
      [configured, added],
    );
    assert.deepEqual(book.profiles[1]?.names, ['b.example']);
  });
});
