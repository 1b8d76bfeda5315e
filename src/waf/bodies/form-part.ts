/**
 * One part of a multipart/form-data body while it is being read: its header lines, and what of its content is kept.
 * The whole content of a field; of a file the beginning and the size. A part that programs could take for either is
 * both, and has its content inspected as a field.
 */
import { isBlank, trimBlanks } from './blanks.ts';
import { showText } from './body-parser.ts';
import type { FormFlags } from './form-flags.ts';
import { type PartDisposition, readPartDisposition } from './part-disposition.ts';

/** The token of RFC 9110 section 5.6.2. */
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const PLAIN_ENCODING = /^(?:7bit|8bit|binary)$/i;

export class FormPart {
  /** Whole lines, without their ends. */
  readonly headers: string[] = [];
  disposition: PartDisposition | null = null;
  size = 0;
  content = '';
  headerBytes = 0;
  /** Octets of content kept. */
  #contentMax = Number.POSITIVE_INFINITY;

  /** A part that a program stores away as a file, and as nothing else. */
  get isPlainFile(): boolean {
    return this.disposition?.isPlainFile === true;
  }

  get name(): string {
    return this.disposition?.name ?? '';
  }

  /** Takes a header line that is not empty; folded lines join the one before. */
  addHeaderLine(line: string, flags: FormFlags): void {
    if (!/^\s/.test(line)) {
      this.headers.push(line);
      return;
    }
    flags.headerFolding = true;
    const previous = this.headers.pop();
    if (previous === undefined || !isBlank(line.charCodeAt(0))) flags.invalidHeaderFolding = true;
    this.headers.push(previous === undefined ? line : `${previous} ${line.trimStart()}`);
  }

  /** Reads the header as a whole. Returns one sentence about what is wrong with it, or null. */
  endHeader(fileBytesKept: number, flags: FormFlags): string | null {
    let fault: string | null = null;
    for (const line of this.headers) fault = this.#readHeader(line, flags) ?? fault;
    if (this.disposition === null) fault ??= 'A part of the form has no Content-Disposition.';
    else if (this.disposition.name === null) fault ??= 'A part of the form has no name.';
    if (this.disposition?.invalidQuoting === true) flags.invalidQuoting = true;
    if (fault !== null) flags.invalidPart = true;
    if (this.isPlainFile) this.#contentMax = fileBytesKept;
    return fault;
  }

  addContent(text: string): void {
    this.size += text.length;
    const room = this.#contentMax - this.content.length;
    if (room > 0) this.content += text.length <= room ? text : text.slice(0, room);
  }

  #readHeader(line: string, flags: FormFlags): string | null {
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(0, colon));
    const value = trimBlanks(line.slice(colon + 1));
    if (!HEADER_NAME.test(name)) return `A part of the form has the header line ${showText(line)}.`;
    const isControl = (character: string): boolean => character < ' ' && character !== '\t';
    if ([...value].some(isControl)) return 'The header of a part holds a control character.';
    const lowerName = name.toLowerCase();
    if (lowerName === 'content-transfer-encoding' && !PLAIN_ENCODING.test(value)) {
      // RFC 7578 section 4.7: not to be used, and few programs undo it.
      flags.invalidPart = true;
    }
    if (lowerName !== 'content-disposition') return null;
    if (this.disposition !== null) return 'A part of the form has two Content-Dispositions.';
    this.disposition = readPartDisposition(value);
    return this.disposition.fault;
  }
}
