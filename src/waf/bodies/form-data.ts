/**
 * Takes multipart/form-data apart (RFC 7578, RFC 2046 section 5.1.1), strictly, with the flags of ModSecurity.
 *
 *   preamble -> delimiter -> header lines -> content -> delimiter -> ... -> closing delimiter -> epilogue
 *
 * Content is searched for line ends before `--` and taken over in one piece. A delimiter is `--boundary` alone on its
 * line; what looks like one without being it is flagged, for other programs may split there. Text before the first
 * and behind the last delimiter becomes a field without a name. Nested multipart content is left as it is.
 */
import { trimBlanks } from './blanks.ts';
import { type BodyParser, bodyFault, cutFault } from './body-parser.ts';
import { readFormBoundary } from './form-boundary.ts';
import { heldBack, isPadded, type LineKind, lineKind, PADDING_MAX } from './form-delimiter.ts';
import { type FormFlags, flagsOf, LineEnds } from './form-flags.ts';
import { FormPart } from './form-part.ts';
import type { BodyFault, BodyField, BodyFile, BodyLimits, ParsedBody, PartHeader } from './parsed-body.ts';

type State = 'preamble' | 'header' | 'content' | 'epilogue' | 'failed';
/** A line that looks like a delimiter, followed by the header of a part. */
const HIDDEN_PART = /(?:^|\n)--[^\r\n]{1,200}\r?\n[ \t]*content-disposition[ \t]*:/i;
const LINE_END_AND_HYPHENS = '\n--';

export class FormDataParser implements BodyParser {
  readonly #limits: BodyLimits;
  readonly #delimiter: string;
  readonly #flags: FormFlags;
  readonly #lineEnds = new LineEnds();
  readonly #fields: BodyField[] = [];
  readonly #files: BodyFile[] = [];
  readonly #partHeaders: PartHeader[] = [];
  #state: State = 'preamble';
  #part: FormPart | null = null;
  #partCount = 0;
  /** Text outside of parts; after a fault, all that is left. */
  #outside = '';
  /** What was not looked at yet, from `#at` on. */
  #buffer = '';
  #at = 0;
  #atLineStart = true;
  /** The line end before the current position: of the content, or of the delimiter that follows it. */
  #lineEnd = '';
  /** The body ends within what may have been a delimiter. */
  #endsInDelimiter = false;
  #fault: BodyFault | null = null;

  /** @param contentType the field as received, or null */
  constructor(contentType: string | null, limits: BodyLimits) {
    const boundary = readFormBoundary(contentType);
    this.#limits = limits;
    this.#delimiter = `--${boundary.boundary}`;
    this.#flags = flagsOf(boundary);
    if (boundary.fault !== null) this.#note('syntax', boundary.fault);
    if (boundary.boundary === '') this.#state = 'failed';
  }

  write(text: string): void {
    this.#buffer = this.#at === this.#buffer.length ? text : this.#buffer.slice(this.#at) + text;
    this.#at = 0;
    this.#advance(false);
  }

  end(complete: boolean): ParsedBody {
    this.#advance(true);
    if (this.#state === 'header') this.#endHeader(false);
    if (this.#state === 'content') this.#part?.addContent(this.#lineEnd);
    if (this.#state === 'content' || this.#state === 'header') this.#endPart();
    if (this.#state !== 'epilogue') this.#note('truncated', 'The form has no closing delimiter.');
    const outside = trimBlanks(this.#outside);
    if (outside !== '') this.#fields.push({ name: '', value: outside });
    if (complete && this.#endsInDelimiter) this.#flags.unmatchedBoundary = true;
    this.#lineEnds.raise(this.#flags);
    return {
      processor: 'MULTIPART',
      fields: this.#fields,
      files: this.#files,
      partHeaders: this.#partHeaders,
      xmlTexts: [],
      xmlAttributes: [],
      multipart: this.#flags,
      fault: this.#fault ?? (complete ? null : cutFault()),
    };
  }

  /** Reads as far as the buffer allows. */
  #advance(isLast: boolean): void {
    let moved = true;
    while (moved && this.#at < this.#buffer.length) {
      if (this.#state === 'failed') {
        this.#outside += this.#take(this.#buffer.length);
        return;
      }
      moved = this.#state === 'header' ? this.#readHeaderLine(isLast) : this.#readContent(isLast);
    }
  }

  #take(end: number): string {
    const text =
      this.#at === 0 && end === this.#buffer.length ? this.#buffer : this.#buffer.slice(this.#at, end);
    this.#at = end;
    return text;
  }

  /** Reads text outside of headers up to the next delimiter, or that delimiter. */
  #readContent(isLast: boolean): boolean {
    if (this.#atLineStart) {
      const kind = this.#peekLine(this.#at, isLast);
      if (kind === 'unknown') return false;
      if (kind === 'delimiter' || kind === 'closing') return this.#readDelimiter(kind === 'closing');
      this.#addText(this.#lineEnd);
      this.#lineEnd = '';
      this.#atLineStart = false;
    }
    const found = this.#findDelimiter(isLast);
    if (found === -1) {
      const held = isLast ? 0 : heldBack(this.#buffer, this.#at);
      this.#addText(this.#take(this.#buffer.length - held));
      return false;
    }
    const isCrlf = found > this.#at && this.#buffer[found - 1] === '\r';
    this.#addText(this.#take(isCrlf ? found - 1 : found));
    this.#at = found + 1;
    this.#lineEnd = isCrlf ? '\r\n' : '\n';
    this.#atLineStart = true;
    return true;
  }

  /** The line end before the next line that is a delimiter, or of which too little is here to tell; or -1. */
  #findDelimiter(isLast: boolean): number {
    let found = this.#buffer.indexOf(LINE_END_AND_HYPHENS, this.#at);
    while (found !== -1) {
      const kind = this.#peekLine(found + 1, isLast);
      if (kind !== 'similar' && kind !== 'other') return found;
      found = this.#buffer.indexOf(LINE_END_AND_HYPHENS, found + 1);
    }
    return -1;
  }

  /** What the line is that begins at `at`. */
  #peekLine(at: number, isLast: boolean): LineKind {
    if (!this.#buffer.startsWith('--', at)) {
      return !isLast && this.#buffer.length - at < 2 && this.#buffer.endsWith('-') ? 'unknown' : 'other';
    }
    const window = this.#buffer.slice(at, at + this.#delimiter.length + PADDING_MAX);
    const end = window.indexOf('\n');
    const isCut = end === -1 && window.length < this.#delimiter.length + PADDING_MAX;
    if (isCut && !isLast) return 'unknown';
    const kind = this.#lineKind(end === -1 ? window : window.slice(0, end));
    if (kind === 'similar') this.#flags.unmatchedBoundary = true;
    if (isCut && kind === 'other' && this.#delimiter.startsWith(window))
      this.#endsInDelimiter = window !== '--';
    return kind;
  }

  #readDelimiter(isClosing: boolean): boolean {
    const end = this.#buffer.indexOf('\n', this.#at);
    if (this.#lineEnd !== '') this.#lineEnds.note(this.#lineEnd === '\r\n');
    if (end !== -1) this.#lineEnds.note(this.#buffer[end - 1] === '\r');
    this.#lineEnd = '';
    this.#at = end === -1 ? this.#buffer.length : end + 1;
    if (this.#part !== null) this.#endPart();
    if (this.#state === 'failed') return true;
    this.#atLineStart = true;
    if (isClosing) this.#state = 'epilogue';
    else this.#startPart();
    return true;
  }

  #lineKind(line: string): LineKind {
    if (this.#state === 'epilogue') return 'other';
    const kind = lineKind(line, this.#delimiter);
    if ((kind === 'delimiter' || kind === 'closing') && isPadded(line)) {
      this.#flags.unmatchedBoundary = true;
      this.#note('syntax', 'A delimiter of the form has blanks behind it.');
    }
    return kind;
  }

  #startPart(): void {
    this.#partCount += 1;
    if (this.#partCount > this.#limits.partsMax) {
      this.#flags.fileLimitExceeded = this.#files.length > 0;
      this.#fail('limit', `The form has more than ${this.#limits.partsMax} parts.`);
      return;
    }
    this.#part = new FormPart();
    this.#state = 'header';
  }

  #readHeaderLine(isLast: boolean): boolean {
    const part = this.#part;
    if (part === null) return false;
    const room = this.#limits.partHeaderBytesMax - part.headerBytes;
    const window = this.#buffer.slice(this.#at, this.#at + room + 1);
    const end = window.indexOf('\n');
    if (end === -1 && window.length > room) {
      this.#endHeader(false);
      this.#endPart();
      this.#fail('limit', `The header of a part has more than ${this.#limits.partHeaderBytesMax} octets.`);
      return true;
    }
    if (end === -1 && !isLast) return false;
    const isCrlf = end > 0 && window[end - 1] === '\r';
    const line = end === -1 ? window : window.slice(0, isCrlf ? end - 1 : end);
    if (end !== -1) this.#lineEnds.note(isCrlf);
    if (this.#isDelimiterInHeader(line)) return true;
    part.headerBytes += line.length + 2;
    this.#at += end === -1 ? window.length : end + 1;
    if (line !== '') part.addHeaderLine(line, this.#flags);
    else this.#endHeader(true);
    return true;
  }

  /** A delimiter before the blank line ends a part that has no content. */
  #isDelimiterInHeader(line: string): boolean {
    if (!line.startsWith(this.#delimiter)) return false;
    const kind = this.#lineKind(line);
    if (kind !== 'delimiter' && kind !== 'closing') return false;
    this.#endHeader(false);
    return true;
  }

  #endHeader(isWhole: boolean): void {
    const part = this.#part;
    if (part === null) return;
    const fault = part.endHeader(this.#limits.fileBytesKept, this.#flags);
    if (fault !== null) this.#note('syntax', fault);
    if (!isWhole) {
      this.#flags.invalidPart = true;
      this.#note('syntax', 'The header of a part has no end.');
    }
    for (const line of part.headers) this.#partHeaders.push({ part: part.name, line });
    this.#state = 'content';
    this.#atLineStart = true;
  }

  #endPart(): void {
    const part = this.#part;
    if (part === null) return;
    this.#part = null;
    if (HIDDEN_PART.test(part.content) || part.content.includes(this.#delimiter)) {
      this.#flags.unmatchedBoundary = true;
    }
    const beginning = part.content.slice(0, this.#limits.fileBytesKept);
    for (const fileName of part.disposition?.fileNames ?? []) {
      this.#files.push({ field: part.name, fileName, size: part.size, beginning });
    }
    if (part.isPlainFile || (part.size === 0 && part.disposition?.fileNames.length !== 0)) return;
    this.#fields.push({ name: part.name, value: part.content });
    if (this.#fields.length > this.#limits.argumentsMax) {
      this.#fail('limit', `The form has more than ${this.#limits.argumentsMax} fields.`);
    }
  }

  #addText(text: string): void {
    if (this.#state === 'content') {
      this.#part?.addContent(text);
      return;
    }
    this.#outside += text;
    if (trimBlanks(text) === '') return;
    if (this.#state === 'preamble') this.#flags.dataBefore = true;
    else this.#flags.dataAfter = true;
  }

  /** Reports, and reads on. */
  #note(kind: BodyFault['kind'], message: string): void {
    this.#fault ??= bodyFault(kind, message);
  }

  #fail(kind: BodyFault['kind'], message: string): void {
    // Outweighs what was merely noted: from here on the body is not taken apart.
    if (this.#fault?.kind !== 'limit') this.#fault = bodyFault(kind, message);
    this.#state = 'failed';
  }
}
