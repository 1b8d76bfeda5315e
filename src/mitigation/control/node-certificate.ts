/**
 * The certificate with which the node proves to be itself: in the file `node_certificate.pem` of the state folder, with its
 * key, which never leaves the node, and the certificate of the authority that is trusted.
 *
 * The file is replaced as a whole, so key and certificate always belong together.
 */
import { createHash, createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode, messageOf } from '../../core/error-message.ts';
import { isUuid } from '../../core/ids.ts';
import { replaceFile } from '../../core/owner-file.ts';
import { fail, ok, type Result } from '../../core/result.ts';

export interface CertificateTexts {
  readonly keyPem: string;
  readonly certPem: string;
  /** The authority that has issued it, and that the orchestrator's own certificate is from. */
  readonly caPem: string;
  /** Names the enrolment token that it goes back to, without giving it away. */
  readonly enrolledWith: string;
}

export interface NodeCertificate extends CertificateTexts {
  readonly nodeId: string;
  readonly notBeforeMs: number;
  readonly expiresAtMs: number;
}

const FILE_NAME = 'node_certificate.pem';
const FILE_BYTES_MAX = 64 * 1024;
const MODE_OTHERS = 0o077;
const PEM_BLOCK = /-----BEGIN ([A-Z ]{1,40})-----[^-]+-----END \1-----/g;
const ENROLLED_WITH = /^Enrolled-With: ([0-9a-f]{16})$/m;

/** Tells enrolment tokens apart. */
export function nameOfToken(token: string): string {
  return createHash('sha256').update(token, 'utf8').digest('hex').slice(0, 16);
}

/** What the node has; null for nothing yet. The fault says why the file cannot be used. */
export async function readNodeCertificate(stateDir: string): Promise<Result<NodeCertificate | null, string>> {
  const path = join(stateDir, FILE_NAME);
  try {
    const { mode, size } = await stat(path);
    if ((mode & MODE_OTHERS) !== 0) return fail(`${path} is readable by others: set its mode to 600`);
    if (size > FILE_BYTES_MAX) return fail(`${path} is larger than a certificate and a key`);
    const texts = splitTexts(await readFile(path, 'utf8'));
    const certificate = texts.ok ? checkCertificate(texts.value) : texts;
    return certificate.ok
      ? certificate
      : fail(`${path} ${certificate.fault}; remove it and enrol the node anew`);
  } catch (error) {
    return hasCode(error, 'ENOENT') ? ok(null) : fail(`${path} cannot be read: ${messageOf(error)}`);
  }
}

/** Keeps a certificate durably, readable by its owner only. */
export async function writeNodeCertificate(
  stateDir: string,
  { enrolledWith, keyPem, certPem, caPem }: CertificateTexts,
): Promise<Result<void, string>> {
  const path = join(stateDir, FILE_NAME);
  try {
    const parts = [`Enrolled-With: ${enrolledWith}`, keyPem, certPem, caPem];
    await replaceFile(path, parts.map((part) => `${part.trimEnd()}\n`).join(''));
    return ok(undefined);
  } catch (error) {
    return fail(`${path} cannot be written: ${messageOf(error)}`);
  }
}

/** Whether key, certificate and authority belong together, and for which node they are. */
export function checkCertificate(texts: CertificateTexts): Result<NodeCertificate, string> {
  try {
    const certificate = new X509Certificate(texts.certPem);
    const authority = new X509Certificate(texts.caPem);
    if (!certificate.verify(authority.publicKey)) return fail('is not from the authority that is trusted');
    if (!certificate.checkPrivateKey(createPrivateKey(texts.keyPem))) return fail('does not fit its key');
    const nodeId = /^CN=(.+)$/m.exec(certificate.subject)?.[1] ?? '';
    if (!isUuid(nodeId)) return fail('names no node');
    const notBeforeMs = Date.parse(certificate.validFrom);
    return ok({ ...texts, nodeId, notBeforeMs, expiresAtMs: Date.parse(certificate.validTo) });
  } catch (error) {
    return fail(`is unreadable: ${messageOf(error)}`);
  }
}

function splitTexts(text: string): Result<CertificateTexts, string> {
  const blocks = [...text.matchAll(PEM_BLOCK)];
  const [keyPem, certPem, caPem] = blocks.map(([block]) => `${block}\n`);
  const enrolledWith = ENROLLED_WITH.exec(text)?.[1];
  return keyPem === undefined || certPem === undefined || caPem === undefined || enrolledWith === undefined
    ? fail('is not whole')
    : ok({ keyPem, certPem, caPem, enrolledWith });
}
