/** Keys of fleet-wide limits on the wire: two words as sixteen hexadecimal digits. */
export interface KeyWords {
  readonly low: number;
  readonly high: number;
}

export function formatKeyWords({ low, high }: KeyWords): string {
  return hex(low) + hex(high);
}

/** Reads what `formatKeyWords` has written. */
export function parseKeyWords(text: string): KeyWords {
  return { low: Number.parseInt(text.slice(0, 8), 16) | 0, high: Number.parseInt(text.slice(8), 16) | 0 };
}

function hex(word: number): string {
  return (word >>> 0).toString(16).padStart(8, '0');
}
