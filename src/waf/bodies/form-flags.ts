/** The flags of multipart/form-data while they are being gathered. */
import type { FormBoundary } from './form-boundary.ts';
import type { MultipartFlags } from './parsed-body.ts';

export type FormFlags = { -readonly [Flag in keyof MultipartFlags]: boolean };

/** The flags that a Content-Type raises. */
export function flagsOf({ quoted, whitespace, missingSemicolon }: FormBoundary): FormFlags {
  return {
    boundaryQuoted: quoted,
    boundaryWhitespace: whitespace,
    dataBefore: false,
    dataAfter: false,
    headerFolding: false,
    lfLine: false,
    crlfLfLines: false,
    missingSemicolon,
    invalidQuoting: false,
    invalidPart: false,
    invalidHeaderFolding: false,
    fileLimitExceeded: false,
    unmatchedBoundary: false,
  };
}

/** Which line ends the headers and delimiters of a form have. */
export class LineEnds {
  #sawLf = false;
  #sawCrlf = false;

  note(isCrlf: boolean): void {
    if (isCrlf) this.#sawCrlf = true;
    else this.#sawLf = true;
  }

  raise(flags: FormFlags): void {
    flags.lfLine = this.#sawLf;
    flags.crlfLfLines = this.#sawLf && this.#sawCrlf;
  }
}
