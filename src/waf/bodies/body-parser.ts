/**
 * What the parsers of bodies have in common. A parser takes the body in pieces cut anywhere, never throws, and its
 * result does not depend on the cuts. The work is linear in the body, and what is kept is bounded by it and by the
 * limits. Where a body cannot be read on, what is left of it is kept as one text, so that no fault hides anything.
 */
import type { BodyFault, BodyField, ParsedBody } from './parsed-body.ts';

export interface BodyParser {
  /** @param text the next octets as latin-1 text */
  write(text: string): void;
  /**
   * Ends the body; nothing may be written after it.
   *
   * @param complete false if the body goes on beyond what was written
   */
  end(complete: boolean): ParsedBody;
}

const MESSAGE_CHARACTERS_MAX = 200;
const SHOWN_CHARACTERS_MAX = 40;
const NONE: readonly never[] = [];

/** @param message one sentence; client text in it goes through `showText` */
export function bodyFault(kind: BodyFault['kind'], message: string): BodyFault {
  return { kind, message: message.slice(0, MESSAGE_CHARACTERS_MAX) };
}

/** The fault of a body of which only the beginning is there. */
export function cutFault(): BodyFault {
  return bodyFault('truncated', 'Only the beginning of the body is here.');
}

/** Text of a client for a message: short, and ASCII that prints. */
export function showText(text: string): string {
  return text.slice(0, SHOWN_CHARACTERS_MAX).replace(/[^ -~]/g, '?');
}

/** A body that consists of fields only. */
export function fieldsBody(
  processor: ParsedBody['processor'],
  fields: readonly BodyField[],
  fault: BodyFault | null,
): ParsedBody {
  return {
    processor,
    fields,
    files: NONE,
    partHeaders: NONE,
    xmlTexts: NONE,
    xmlAttributes: NONE,
    multipart: null,
    fault,
  };
}
