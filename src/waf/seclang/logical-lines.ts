/**
 * The statements of a file: lines ending in `\` joined to the next, comments and empty lines left out. A comment is a
 * line whose first visible character is `#`; it never continues, so that a path at its end cannot swallow the rule
 * below. Inside a statement `#` is text. Linear.
 */

export interface LogicalLine {
  readonly text: string;
  /** Counted from 1; of a statement over several lines, the first. */
  readonly line: number;
}

/** UTF-8's mark of byte order, read as latin-1. */
const BYTE_ORDER_MARK = '\xef\xbb\xbf';

/** Calls `take` for every statement in order, until it answers false. */
export function readLogicalLines(text: string, take: (line: LogicalLine) => boolean): void {
  let offset = text.startsWith(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK.length : 0;
  let pieces: string[] = [];
  let firstLine = 1;
  for (let line = 1; offset < text.length; line += 1) {
    const newline = text.indexOf('\n', offset);
    const stop = newline === -1 ? text.length : newline;
    const content = text.slice(offset, stop > offset && text[stop - 1] === '\r' ? stop - 1 : stop);
    offset = stop + 1;
    if (pieces.length === 0) {
      firstLine = line;
      if (isEmptyOrComment(content)) continue;
    }
    const continued = content.endsWith('\\');
    pieces.push(continued ? content.slice(0, -1) : content);
    if (continued) continue;
    if (!take({ text: pieces.join(''), line: firstLine })) return;
    pieces = [];
  }
  if (pieces.length > 0) take({ text: pieces.join(''), line: firstLine });
}

function isEmptyOrComment(line: string): boolean {
  for (let index = 0; index < line.length; index += 1) {
    const char = line[index];
    if (char !== ' ' && char !== '\t') return char === '#';
  }
  return true;
}
