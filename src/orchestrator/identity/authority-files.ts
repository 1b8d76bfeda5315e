/**
 * The authority of the fleet on disk: one folder with `ca.pem` and `ca-key.pem`, made once, for the owner's eyes only.
 *
 * The folder is filled under another name and put in place by one rename, so there is a whole authority or none, and of two
 * processes that make one at the same time both go on with the same.
 */
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { hasCode, messageOf } from '../../core/error-message.ts';
import { syncFolder, writeNewFile } from '../../core/owner-file.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import {
  type AuthorityPair,
  CertificateAuthority,
  createAuthority,
} from '../../tls/authority/certificate-authority.ts';

const AUTHORITY_CERTIFICATE = 'ca.pem';
const AUTHORITY_KEY = 'ca-key.pem';
const MODE_OTHERS = 0o077;

/** Opens the authority in `folder`, made now if there is none; a null folder makes one that ends with the process. */
export async function openAuthority(
  folder: string | null,
  wallMs: number,
): Promise<Result<CertificateAuthority, string>> {
  try {
    const pair = folder === null ? ok(await makePair(wallMs)) : await loadOrMake(folder, wallMs);
    if (!pair.ok) return pair;
    const authority = await CertificateAuthority.open(pair.value);
    return authority.ok ? authority : fail(`${join(folder ?? '', AUTHORITY_CERTIFICATE)} ${authority.fault}`);
  } catch (error) {
    return fail(`the authority of the fleet cannot be kept in ${folder}: ${messageOf(error)}`);
  }
}

async function loadOrMake(folder: string, wallMs: number): Promise<Result<AuthorityPair, string>> {
  const kept = await load(folder);
  if (kept !== null) return kept;
  const draft = `${folder}.${randomBytes(6).toString('hex')}`;
  const made = await makePair(wallMs);
  await mkdir(draft, { recursive: true, mode: 0o700 });
  try {
    await writeNewFile(join(draft, AUTHORITY_KEY), made.keyPem);
    await writeNewFile(join(draft, AUTHORITY_CERTIFICATE), made.certPem);
    await syncFolder(draft);
    await rename(draft, folder);
    await syncFolder(dirname(folder));
    return ok(made);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    // Another process was quicker.
    const theirs = hasCode(error, 'ENOTEMPTY') || hasCode(error, 'EEXIST') ? await load(folder) : null;
    if (theirs === null) throw error;
    return theirs;
  }
}

/** Null where there is none. */
async function load(folder: string): Promise<Result<AuthorityPair, string> | null> {
  const keyPath = join(folder, AUTHORITY_KEY);
  try {
    const certPem = await readFile(join(folder, AUTHORITY_CERTIFICATE), 'utf8');
    const { mode } = await stat(keyPath);
    if ((mode & MODE_OTHERS) !== 0) {
      return fail(`${keyPath} is readable by others, who could make themselves nodes: set its mode to 600`);
    }
    return ok({ certPem, keyPem: await readFile(keyPath, 'utf8') });
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
    const exists = await stat(folder).then(
      () => true,
      () => false,
    );
    return exists
      ? fail(
          `${folder} lacks ${AUTHORITY_CERTIFICATE} or ${AUTHORITY_KEY}: put it back, or remove the folder`,
        )
      : null;
  }
}

/** The name tells authorities of several fleets apart. */
function makePair(wallMs: number): Promise<AuthorityPair> {
  return createAuthority(`SecBeat fleet ${randomBytes(4).toString('hex')}`, wallMs);
}
