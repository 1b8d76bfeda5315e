/** What goes wrong between this node and a certificate authority, as a value. */

export interface AcmeFault {
  /** Whom it concerns: every name the authority would be asked for, or only the one in hand. */
  readonly scope: 'authority' | 'name';
  /** One capped line for the operator. */
  readonly message: string;
  /** Milliseconds the authority asked us to stay away; 0 where it named none. */
  readonly retryAfterMs: number;
}

const TEXT_CHARACTERS_MAX = 300;

/** A fault that every name would meet with. */
export function authorityFault(message: string, retryAfterMs = 0): AcmeFault {
  return { scope: 'authority', message: cap(message), retryAfterMs };
}

/** A fault of the one name in hand. */
export function nameFault(message: string, retryAfterMs = 0): AcmeFault {
  return { scope: 'name', message: cap(message), retryAfterMs };
}

/** The authority's words may be of any length and hold anything. */
function cap(text: string): string {
  const shown = text.length > TEXT_CHARACTERS_MAX ? `${text.slice(0, TEXT_CHARACTERS_MAX)}…` : text;
  return shown.replace(/\p{Cc}/gu, ' ');
}
