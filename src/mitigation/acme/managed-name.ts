/**
 * What the manager knows of one name: its certificate, when it is due, and when it may be asked about. Pure; times end
 * in `AtMs` by the wall clock, and in `OnMs` by the monotonic one.
 */

import type { Random } from '../../core/back-off.ts';
import type { RenewalWindow } from '../../tls/acme/acme-documents.ts';
import type { RenewalAdvice } from '../../tls/acme/renewal-info.ts';
import { Attempts } from './attempts.ts';

export interface CertificateInUse {
  readonly validUntilMs: number;
  /** When it is due without further advice. */
  readonly renewAtMs: number;
  /** What the authority calls it; null where it cannot be asked about it. */
  readonly id: string | null;
}

/** Wrong names and closed ports are counted by authorities: few attempts an hour. */
const NAME_PAUSES = { firstMs: 300_000, maxMs: 43_200_000 };
const HOUR_MS = 3_600_000;
/** How often the authority is asked where it does not say. */
const ADVICE_EVERY_MS = 6 * HOUR_MS;

export class ManagedName {
  readonly name: string;
  readonly attempts: Attempts;
  readonly #random: Random;
  #inUse: CertificateInUse | null = null;
  #renewAtMs = 0;
  #window: RenewalWindow | null = null;
  #askOnMs = 0;

  constructor(name: string, random: Random) {
    this.name = name;
    this.attempts = new Attempts(NAME_PAUSES, random);
    this.#random = random;
  }

  get inUse(): CertificateInUse | null {
    return this.#inUse;
  }

  /** Takes a certificate into use; advice on it is first asked for some time later, so that starts stay quiet. */
  use(certificate: CertificateInUse, nowMs: number): void {
    this.#inUse = certificate;
    this.#renewAtMs = certificate.renewAtMs;
    this.#window = null;
    this.#askOnMs = nowMs + HOUR_MS + this.#random() * (ADVICE_EVERY_MS - HOUR_MS);
  }

  isDue(nowMs: number, wallMs: number): boolean {
    return wallMs >= this.#renewAtMs && this.attempts.mayTry(nowMs);
  }

  /** What to ask the authority about now; null for nothing. */
  question(nowMs: number): string | null {
    return nowMs >= this.#askOnMs ? (this.#inUse?.id ?? null) : null;
  }

  /**
   * Takes advice, or null where none could be had. A time within the window is drawn once, as the authority spreads
   * its work that way; it can make the renewal earlier, never later.
   */
  advise(advice: RenewalAdvice | null, nowMs: number): void {
    const pauseMs = advice === null || advice.retryAfterMs === 0 ? ADVICE_EVERY_MS : advice.retryAfterMs;
    this.#askOnMs = nowMs + Math.max(pauseMs, HOUR_MS);
    const window = advice?.window ?? null;
    if (window === null || this.#inUse === null) return;
    if (window.startMs === this.#window?.startMs && window.endMs === this.#window.endMs) return;
    this.#window = window;
    const drawnMs = window.startMs + this.#random() * (window.endMs - window.startMs);
    this.#renewAtMs = Math.min(this.#inUse.renewAtMs, drawnMs);
  }
}
