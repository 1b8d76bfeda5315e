/**
 * Changes a value before operators see it. Texts are bytes in latin-1, one character a byte. Pure, linear, never
 * throws; returns the very same string where nothing changes.
 */
export type Transformation = (text: string) => string;
