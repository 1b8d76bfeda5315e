/** What the body of a request says, taken apart by one of the body parsers. All texts are bytes as latin-1 text. */

export type BodyProcessor = 'URLENCODED' | 'MULTIPART' | 'JSON' | 'XML';

export interface BodyLimits {
  /** Fields, arguments or values altogether. */
  readonly argumentsMax: number;
  /** Levels of nesting in JSON and XML. */
  readonly depthMax: number;
  /** Parts of a multipart body. */
  readonly partsMax: number;
  /** Octets of the header of one part. */
  readonly partHeaderBytesMax: number;
  /** Octets of one file's content kept for inspection, from its beginning. */
  readonly fileBytesKept: number;
}

/** What holds unless rule files ask for less. */
export const BODY_LIMITS: BodyLimits = {
  argumentsMax: 10_000,
  depthMax: 512,
  partsMax: 256,
  partHeaderBytesMax: 4096,
  fileBytesKept: 4096,
};

export interface BodyField {
  /** Decoded once, as the format says: `json.a.0.b`, a form field's name. */
  readonly name: string;
  readonly value: string;
}

export interface BodyFile {
  /** The form field. */
  readonly field: string;
  readonly fileName: string;
  /** Octets. */
  readonly size: number;
  /** The first octets of the content. */
  readonly beginning: string;
}

/** One header line of a multipart part. */
export interface PartHeader {
  /** The form field of the part. */
  readonly part: string;
  /** The whole line as received: `Content-Type: text/plain`. */
  readonly line: string;
}

/** Why a body could not be taken apart whole. What was read before stays in the result. */
export interface BodyFault {
  /** `limit`: one of the limits; `syntax`: not what its media type says; `truncated`: ended too early. */
  readonly kind: 'limit' | 'syntax' | 'truncated';
  /** One sentence, at most 200 characters. */
  readonly message: string;
}

/** ModSecurity's MULTIPART_* flags, one to one. */
export interface MultipartFlags {
  readonly boundaryQuoted: boolean;
  readonly boundaryWhitespace: boolean;
  readonly dataBefore: boolean;
  readonly dataAfter: boolean;
  readonly headerFolding: boolean;
  readonly lfLine: boolean;
  readonly crlfLfLines: boolean;
  readonly missingSemicolon: boolean;
  readonly invalidQuoting: boolean;
  readonly invalidPart: boolean;
  readonly invalidHeaderFolding: boolean;
  readonly fileLimitExceeded: boolean;
  readonly unmatchedBoundary: boolean;
}

export interface ParsedBody {
  readonly processor: BodyProcessor;
  /** In order, duplicates kept. */
  readonly fields: readonly BodyField[];
  readonly files: readonly BodyFile[];
  readonly partHeaders: readonly PartHeader[];
  /** XML only: the text of every text node, blanks around it trimmed, and the values of all attributes. */
  readonly xmlTexts: readonly string[];
  readonly xmlAttributes: readonly string[];
  readonly multipart: MultipartFlags | null;
  readonly fault: BodyFault | null;
}
