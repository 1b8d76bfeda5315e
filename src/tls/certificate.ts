/**
 * The default certificate of the listener: read from files, or, where neither file is there and one may be made, a self-signed
 * one made once and kept, so that browsers and pins see the same one after a restart.
 *
 * A missing half, a pair that does not belong together, or a file that is no certificate stops the start
 * with a sentence that says which file and what to do; nothing is ever overwritten.
 */
import { mkdir, readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { writeNewFile } from '../core/owner-file.ts';
import { fail, ok, type Result } from '../core/result.ts';
import { faultOfPair } from './certificate-files.ts';
import { createSelfSigned } from './self-signed.ts';

export interface CertificatePair {
  readonly certPem: string;
  readonly keyPem: string;
  /** Whether it was made by this call. */
  readonly created: boolean;
}

/**
 * Reads the pair.
 *
 * @param namesForMade what a pair is made for where both files are missing, or why none is made
 */
export async function loadCertificate(
  certPath: string,
  keyPath: string,
  namesForMade: Result<readonly string[], string>,
): Promise<Result<CertificatePair, string>> {
  const cert = await readOrNull(certPath);
  const key = await readOrNull(keyPath);
  if (!cert.ok) return cert;
  if (!key.ok) return key;
  if (cert.value === null && key.value === null) {
    return namesForMade.ok ? createPair(certPath, keyPath, namesForMade.value) : namesForMade;
  }
  if (cert.value === null)
    return fail(`${keyPath} is there but ${certPath} is missing; put both files there, or none`);
  if (key.value === null)
    return fail(`${certPath} is there but ${keyPath} is missing; put both files there, or none`);
  const fault = faultOfPair(cert.value, key.value, certPath, keyPath);
  if (fault !== null) return fail(fault);
  return ok({ certPem: cert.value, keyPem: key.value, created: false });
}

async function readOrNull(path: string): Promise<Result<string | null, string>> {
  try {
    return ok(await readFile(path, 'utf8'));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' ? ok(null) : fail(`${path} cannot be read (${code ?? 'unknown error'})`);
  }
}

async function createPair(
  certPath: string,
  keyPath: string,
  hostNames: readonly string[],
): Promise<Result<CertificatePair, string>> {
  const pair = await createSelfSigned(hostNames);
  try {
    for (const path of [keyPath, certPath]) await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeNewFile(keyPath, pair.keyPem);
    await writeNewFile(certPath, pair.certPem).catch(async (error: unknown) => {
      // A key alone would keep the node from starting again.
      await rm(keyPath, { force: true });
      throw error;
    });
  } catch (error) {
    const { code, path } = error as NodeJS.ErrnoException;
    return fail(
      `A self-signed certificate cannot be kept in ${path ?? certPath} (${code ?? 'unknown error'})`,
    );
  }
  return ok({ ...pair, created: true });
}
