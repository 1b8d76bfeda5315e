/**
 * Secrets that the orchestrator gives out: 256 random bits behind an id, and the hashes that it keeps of them.
 *
 *   secbeat_<id>_<secret>          for people and programs: kept as scrypt (RFC 7914)
 *   secbeat_enroll_<id>_<secret>   for one enrolment: kept as SHA-256, which nobody can try 2^256 texts against either
 */
import { createHash, randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

export interface NamedSecret {
  readonly id: string;
  readonly secret: string;
}

const API_TOKEN = /^secbeat_([0-9a-f]{16})_([A-Za-z0-9_-]{43})$/;
const ENROLMENT_TOKEN = /^secbeat_enroll_([0-9a-f]{16})_([A-Za-z0-9_-]{43})$/;

/** About 16 MiB and 50 ms of one core for each try. */
const SCRYPT = { N: 16_384, r: 8, p: 1 } as const;
const SALT_BYTES = 16;
const HASH_BYTES = 32;

export function createSecret(): NamedSecret {
  return { id: randomBytes(8).toString('hex'), secret: randomBytes(32).toString('base64url') };
}

export function formatApiToken({ id, secret }: NamedSecret): string {
  return `secbeat_${id}_${secret}`;
}

export function formatEnrolmentToken({ id, secret }: NamedSecret): string {
  return `secbeat_enroll_${id}_${secret}`;
}

/** Null for a text that is none. */
export function parseApiToken(text: string): NamedSecret | null {
  return toSecret(API_TOKEN.exec(text));
}

export function parseEnrolmentToken(text: string): NamedSecret | null {
  return toSecret(ENROLMENT_TOKEN.exec(text));
}

export function sha256(text: string): Buffer {
  return createHash('sha256').update(text, 'utf8').digest();
}

/** As it is kept: `sha256$` and the digest. */
export function hashFast(secret: string): string {
  return `sha256$${sha256(secret).toString('hex')}`;
}

/** Compared in constant time. */
export function matchesFast(secret: string, hash: string): boolean {
  const given = Buffer.from(hashFast(secret), 'utf8');
  const kept = Buffer.from(hash, 'utf8');
  return given.length === kept.length && timingSafeEqual(given, kept);
}

/** As it is kept: `scrypt$N$r$p$salt$digest`. */
export async function hashSlow(secret: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const digest = await derive(secret, salt, SCRYPT);
  return `scrypt$${SCRYPT.N}$${SCRYPT.r}$${SCRYPT.p}$${salt.toString('hex')}$${digest.toString('hex')}`;
}

/** Costs what making the hash has cost; a hash in a form that is not known here matches nothing. */
export async function matchesSlow(secret: string, hash: string): Promise<boolean> {
  const parts = /^scrypt\$(\d{1,6})\$(\d{1,2})\$(\d{1,2})\$([0-9a-f]{32})\$([0-9a-f]{64})$/.exec(hash);
  if (parts === null) return false;
  const [, N, r, p, salt = '', digest = ''] = parts;
  const cost = { N: Number(N), r: Number(r), p: Number(p) };
  const given = await derive(secret, Buffer.from(salt, 'hex'), cost).catch(() => null);
  return given !== null && timingSafeEqual(given, Buffer.from(digest, 'hex'));
}

function toSecret(match: RegExpExecArray | null): NamedSecret | null {
  return match === null ? null : { id: match[1] ?? '', secret: match[2] ?? '' };
}

/** Rejects where the parameters are none, too. */
async function derive(
  secret: string,
  salt: Buffer,
  cost: { readonly N: number; readonly r: number; readonly p: number },
): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  scrypt(secret, salt, HASH_BYTES, cost, (error, key) => {
    // Without an error one runtime says null, the other undefined.
    if (error instanceof Error) reject(error);
    else resolve(key);
  });
  return promise;
}
