/** From the bytes of a configuration file to its tables, or to the one place where reading stopped. */
import { parse, TomlDate, TomlError } from 'smol-toml';
import { fail, ok, type Result } from '../core/result.ts';

/** A larger file is refused unread; the list of a million addresses does not belong in here. */
export const FILE_BYTES_MAX = 1_048_576;

/** No key nests deeper than three tables; the rest is room for a helpful message. */
const INLINE_DEPTH_MAX = 32;

export type TomlTable = Readonly<Record<string, unknown>>;

export interface TomlDocument {
  readonly text: string;
  readonly root: TomlTable;
}

export interface TomlFault {
  readonly message: string;
  readonly line: number | null;
  readonly column: number | null;
}

export function parseTomlDocument(bytes: Uint8Array): Result<TomlDocument, TomlFault> {
  if (bytes.length > FILE_BYTES_MAX) {
    return fail({ message: `is larger than ${FILE_BYTES_MAX} bytes`, line: null, column: null });
  }
  const text = decodeUtf8(bytes);
  if (text === null) return fail({ message: 'is not UTF-8 text', line: null, column: null });
  return parseTomlText(text);
}

export function parseTomlText(text: string): Result<TomlDocument, TomlFault> {
  try {
    // Integers beyond 2^53 become BigInt, which the schema refuses at their key.
    return ok({ text, root: parse(text, { maxDepth: INLINE_DEPTH_MAX, integersAsBigInt: 'asNeeded' }) });
  } catch (error) {
    // The parser is foreign code: whatever it throws is a fault of the file.
    if (error instanceof TomlError) {
      return fail({ message: toSentence(error.message), line: error.line, column: error.column });
    }
    return fail({ message: 'cannot be read as TOML', line: null, column: null });
  }
}

/** Tables have no prototype, so that a key named `__proto__` is a key like any other. */
export function isTomlTable(value: unknown): value is TomlTable {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof TomlDate);
}

function decodeUtf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** The first line without its prefix; below it the parser repeats the text of the file. */
function toSentence(message: string): string {
  const [first = ''] = message.split('\n', 1);
  return `is not valid TOML: ${first.replace(/^Invalid TOML document: /, '')}`;
}
