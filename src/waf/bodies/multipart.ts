/**
 * Takes a multipart body apart (RFC 2046 section 5.1, RFC 7578): the values of fields, and of files their names.
 *
 * Leaves a file's content out, since files hold whatever they hold, but only where every reader agrees that the part
 * is a file: one `filename` parameter, quoted and not empty. Text before the first boundary and a part without an
 * end count as fields, for what one program skips another one reads. Linear; parts are visited one by one.
 */

export interface MultipartVisitor {
  /** A field's value, or any content that is not plainly a file's. */
  content(text: string): void;
  /** A name from a part's header: of a field or a file. */
  name(text: string): void;
}

const BOUNDARY = /;\s{0,8}boundary=(?:"([^"]{1,200})"|([^\s;"]{1,200}))/i;
const HEADER_CHARACTERS_MAX = 8192;
const NAME_PARAMETER =
  /;\s{0,8}(?:file)?name(?:\*[0-9]{0,2}\*?)?\s{0,8}=\s{0,8}(?:"((?:[^"\\]|\\.){0,1024})"?|([^;\s]{0,1024}))/gi;
const FILE_PARAMETERS = /filename/gi;
const PLAIN_FILE = /;\s{0,8}filename="(?:[^"\\\r\n]|\\.){1,1024}"/i;

/** The boundary that a Content-Type names, or null. */
export function multipartBoundary(contentType: string): string | null {
  const match = BOUNDARY.exec(contentType);
  return match === null ? null : (match[1] ?? match[2] ?? null);
}

/** @param text bytes as latin-1 text */
export function visitMultipart(text: string, boundary: string, visitor: MultipartVisitor): void {
  const delimiter = `--${boundary}`;
  let start = findDelimiter(text, delimiter, 0);
  const preamble = start === -1 ? text : text.slice(0, start);
  if (preamble.trim() !== '') visitor.content(preamble);
  while (start !== -1) {
    const next = findDelimiter(text, delimiter, start + delimiter.length);
    const part = text.slice(start + delimiter.length, next === -1 ? text.length : next);
    visitPart(part, visitor);
    start = next;
  }
}

/** A delimiter begins a line. */
function findDelimiter(text: string, delimiter: string, start: number): number {
  let at = text.indexOf(delimiter, start);
  while (at > 0 && text[at - 1] !== '\n') at = text.indexOf(delimiter, at + 1);
  return at;
}

function visitPart(part: string, visitor: MultipartVisitor): void {
  const separator = /\r?\n\r?\n/.exec(part.slice(0, HEADER_CHARACTERS_MAX));
  const header = separator === null ? '' : part.slice(0, separator.index);
  const content = separator === null ? part : part.slice(separator.index + separator[0].length);
  for (const match of header.matchAll(NAME_PARAMETER)) visitor.name(match[1] ?? match[2] ?? '');
  if (!isFile(header) && content.trim() !== '--') visitor.content(content.replace(/\r?\n$/, ''));
}

/** Whether a part can only be read as a file. */
function isFile(header: string): boolean {
  return (header.match(FILE_PARAMETERS)?.length ?? 0) === 1 && PLAIN_FILE.test(header);
}
