/**
 * Which certificate belongs to a server name: the exact name before a wildcard, which stands for one label
 * (RFC 6125 section 6.4.3), and the first certificate that has the name before later ones. A name of the default
 * certificate counts last, so that it can hold every name as a fallback.
 */
import type { TlsProfile } from './tls-policy.ts';

/** The profile of clients without a name, and of unknown names unless those are refused. */
export const DEFAULT_PROFILE = 0;
export const UNKNOWN_NAME = -1;

export class CertificateTable {
  readonly #exact = new Map<string, number>();
  /** By what stands behind the `*.`. */
  readonly #wild = new Map<string, number>();

  constructor(profiles: readonly TlsProfile[]) {
    for (let index = 1; index < profiles.length; index++) this.#add(profiles[index]!, index);
    if (profiles[DEFAULT_PROFILE] !== undefined) this.#add(profiles[DEFAULT_PROFILE], DEFAULT_PROFILE);
  }

  /** Index of the profile for a canonical name, or UNKNOWN_NAME. */
  find(name: string): number {
    const exact = this.#exact.get(name);
    if (exact !== undefined) return exact;
    const dot = name.indexOf('.');
    if (dot === -1) return UNKNOWN_NAME;
    return this.#wild.get(name.slice(dot + 1)) ?? UNKNOWN_NAME;
  }

  #add({ names }: TlsProfile, index: number): void {
    for (const name of names) {
      const wild = name.startsWith('*.');
      const table = wild ? this.#wild : this.#exact;
      const key = wild ? name.slice(2) : name;
      if (!table.has(key)) table.set(key, index);
    }
  }
}
