/**
 * What ACME keeps on disk, below one folder that only the node's user can enter:
 *
 *   _account/key.pem            the key of the account
 *   NAME/current                a link to one of the versions, swapped by a single rename
 *   NAME/v-.../cert.pem key.pem directory_url
 *
 * Certificate and key change together, and a crash leaves the old pair or the new one. The version before the current
 * one stays for readers that are in the middle of it; older ones are removed.
 */
import { randomBytes } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, readlink, rename, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode, messageOf } from '../../core/error-message.ts';
import { writeNewFile } from '../../core/owner-file.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { AccountKey } from './account-key.ts';
import { checkIssuedChain, type IssuedChain } from './issued-chain.ts';

export interface StoredCertificate extends IssuedChain {
  /** The directory of the authority that issued it. */
  readonly directoryUrl: string;
}

export interface CertificatePaths {
  readonly certPath: string;
  readonly keyPath: string;
}

const FILE_BYTES_MAX = 512 * 1024;
const MODE_OTHERS = 0o077;
const VERSION = /^v-[0-9a-f]{16}$/;

export class CertificateStore {
  readonly #folder: string;

  /** `folder` is made, with mode 0700, when something is kept. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The files of a name's certificate; the same ones before and after each renewal. */
  pathsOf(name: string): CertificatePaths {
    const current = join(this.#folder, name, 'current');
    return { certPath: join(current, 'cert.pem'), keyPath: join(current, 'key.pem') };
  }

  /** The certificate of a name, checked; null where there is none. */
  async load(name: string, wallMs: number): Promise<Result<StoredCertificate | null, string>> {
    const { certPath, keyPath } = this.pathsOf(name);
    try {
      const certPem = await readSmall(certPath);
      if (certPem === null) return ok(null);
      const keyPem = (await readSmall(keyPath)) ?? '';
      const directoryUrl = (await readSmall(join(this.#folder, name, 'current', 'directory_url'))) ?? '';
      const chain = checkIssuedChain(certPem, keyPem, name, wallMs);
      return chain.ok
        ? ok({ ...chain.value, directoryUrl: directoryUrl.trim() })
        : fail(`${certPath} ${chain.fault}`);
    } catch (error) {
      return fail(`${certPath} cannot be read: ${messageOf(error)}`);
    }
  }

  /** Keeps a new certificate of a name and its key in the place of those before. */
  async save(name: string, stored: StoredCertificate, keyPem: string): Promise<Result<void, string>> {
    const folder = join(this.#folder, name);
    const version = `v-${randomBytes(8).toString('hex')}`;
    const current = join(folder, 'current');
    try {
      await mkdir(join(folder, version), { recursive: true, mode: 0o700 });
      await writeNewFile(join(folder, version, 'key.pem'), keyPem);
      await writeNewFile(join(folder, version, 'cert.pem'), stored.certPem);
      await writeNewFile(join(folder, version, 'directory_url'), `${stored.directoryUrl}\n`);
      await syncFolder(join(folder, version));
      const previous = await readlink(current).catch(() => null);
      await symlink(version, join(folder, `${version}.link`));
      await rename(join(folder, `${version}.link`), current);
      await syncFolder(folder);
      await removeOthers(folder, [version, previous]);
      return ok(undefined);
    } catch (error) {
      await removeIfPossible(join(folder, version));
      await removeIfPossible(join(folder, `${version}.link`));
      return fail(`The certificate of ${name} cannot be kept in ${folder}: ${messageOf(error)}`);
    }
  }

  /** The key of the account, made now if there is none. */
  async loadAccountKey(): Promise<Result<AccountKey, string>> {
    const path = join(this.#folder, '_account', 'key.pem');
    try {
      const kept = await readSecret(path);
      if (kept !== null) {
        const key = kept.ok ? await AccountKey.fromPem(kept.value) : kept;
        return key.ok ? key : fail(`The account key ${path} ${key.fault}`);
      }
      const made = await AccountKey.generate();
      await mkdir(join(this.#folder, '_account'), { recursive: true, mode: 0o700 });
      const draft = `${path}.draft`;
      await removeIfPossible(draft);
      await writeNewFile(draft, made.toPem());
      await rename(draft, path);
      return ok(made);
    } catch (error) {
      return fail(`The account key ${path} cannot be made: ${messageOf(error)}`);
    }
  }
}

async function removeOthers(folder: string, kept: readonly (string | null)[]): Promise<void> {
  for (const entry of await readdir(folder)) {
    const stale = VERSION.test(entry.replace(/\.link$/, '')) && !kept.includes(entry);
    if (stale) await rm(join(folder, entry), { recursive: true, force: true });
  }
}

/** What a failed attempt leaves behind must not pile up; a disk that refuses this too has been reported already. */
async function removeIfPossible(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true }).catch(() => undefined);
}

/** The text of a file; null where it does not exist. */
async function readSmall(path: string): Promise<string | null> {
  const file = await openIfPresent(path);
  if (file === null) return null;
  try {
    const { size } = await file.stat();
    if (size > FILE_BYTES_MAX) throw new Error(`larger than ${FILE_BYTES_MAX} bytes`);
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}

/** As above, and a fault where others could have read it too. */
async function readSecret(path: string): Promise<Result<string, string> | null> {
  const file = await openIfPresent(path);
  if (file === null) return null;
  try {
    const { mode, size } = await file.stat();
    if ((mode & MODE_OTHERS) !== 0) return fail('is readable by others: remove it, or set its mode to 600');
    return size > FILE_BYTES_MAX ? fail('is too large') : ok(await file.readFile('utf8'));
  } finally {
    await file.close();
  }
}

async function openIfPresent(path: string): Promise<FileHandle | null> {
  try {
    return await open(path, 'r');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null;
    throw error;
  }
}

/** A rename is on the disk once its folder is. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
