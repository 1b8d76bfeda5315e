/**
 * The Content-Disposition of a part of multipart/form-data (RFC 7578 section 4.2), read strictly: a second name, a
 * name in another notation, or quotation marks that do not match let programs disagree about what the part is, and
 * are reported. Names are read as browsers write them: a backslash escapes only `"` and itself.
 */
import { octetAt } from './form-decoding.ts';

export interface PartDisposition {
  /** The form field, null where none is named. */
  readonly name: string | null;
  /** All file names given, in any notation; empty for a part that is no file. */
  readonly fileNames: readonly string[];
  /** One parameter `filename`, quoted and not empty: every program takes the part for a file. */
  readonly isPlainFile: boolean;
  readonly invalidQuoting: boolean;
  /** One sentence, or null. */
  readonly fault: string | null;
}

const TYPE = /^[ \t]*form-data[ \t]*(?=;|$)/i;
const PARAMETER = /;[ \t]*([^\s=;"'*]+)(\*[0-9]*\*?)?[ \t]*=[ \t]*/y;
const REST = /[ \t]*;?[ \t]*$/y;
const PARAMETERS_MAX = 16;

interface Reading {
  readonly names: string[];
  readonly fileNames: string[];
  plainFiles: number;
  invalidQuoting: boolean;
  fault: string | null;
}

/** @param value the field's value, bytes as latin-1 text */
export function readPartDisposition(value: string): PartDisposition {
  const reading: Reading = { names: [], fileNames: [], plainFiles: 0, invalidQuoting: false, fault: null };
  const type = TYPE.exec(value);
  if (type === null) reading.fault = 'The Content-Disposition of a part is not form-data.';
  readParameters(value, type === null ? Math.max(0, value.indexOf(';')) : type[0].length, reading);
  const { names, fileNames } = reading;
  if (names.length > 1) reading.fault ??= 'A part of the form has two names.';
  if (fileNames.length > 1) reading.fault ??= 'A part of the form has two file names.';
  return {
    name: names[0] ?? null,
    fileNames,
    isPlainFile: reading.plainFiles === 1 && fileNames.length === 1 && reading.fault === null,
    invalidQuoting: reading.invalidQuoting,
    fault: reading.fault,
  };
}

function readParameters(value: string, start: number, reading: Reading): void {
  let at = start;
  for (let count = 0; count < PARAMETERS_MAX; count += 1) {
    PARAMETER.lastIndex = at;
    const match = PARAMETER.exec(value);
    if (match === null) break;
    const parameter = readValue(value, PARAMETER.lastIndex);
    at = parameter.end;
    if (!parameter.proper) reading.invalidQuoting = true;
    if (!parameter.closed) reading.fault ??= 'The Content-Disposition of a part has an open quotation mark.';
    note(reading, (match[1] ?? '').toLowerCase(), match[2] ?? '', parameter);
  }
  REST.lastIndex = at;
  if (REST.test(value)) return;
  reading.fault ??= 'The Content-Disposition of a part is malformed.';
  reading.invalidQuoting = true;
}

interface ParameterValue {
  readonly text: string;
  readonly quoted: boolean;
  /** Quotation marks as they should be. */
  readonly proper: boolean;
  readonly closed: boolean;
  readonly end: number;
}

function readValue(value: string, start: number): ParameterValue {
  const mark = value[start];
  if (mark !== '"' && mark !== "'") {
    const length = value.slice(start).search(/[;\s]/);
    const end = length === -1 ? value.length : start + length;
    const text = value.slice(start, end);
    return { text, quoted: false, proper: !/["']/.test(text), closed: true, end };
  }
  let text = '';
  let index = start + 1;
  let pieceStart = index;
  for (; index < value.length && value[index] !== mark; index += 1) {
    const next = value[index + 1];
    if (value[index] !== '\\' || (next !== mark && next !== '\\')) continue;
    text += value.slice(pieceStart, index);
    index += 1;
    pieceStart = index;
  }
  const closed = index < value.length;
  text += value.slice(pieceStart, index);
  return {
    text,
    quoted: true,
    proper: closed && mark === '"',
    closed,
    end: closed ? index + 1 : value.length,
  };
}

function note(reading: Reading, name: string, extension: string, parameter: ParameterValue): void {
  if (name !== 'name' && name !== 'filename') return;
  const list = name === 'name' ? reading.names : reading.fileNames;
  if (extension === '') {
    list.push(parameter.text);
    if (name === 'filename' && parameter.quoted && parameter.proper && parameter.text !== '') {
      reading.plainFiles += 1;
    }
    return;
  }
  // RFC 7578 forbids this notation; programs that know it and those that do not see different names.
  const text = extension === '*' ? decodeExtended(parameter.text) : parameter.text;
  if (list.length === 1 && list[0] === text) return;
  list.push(text);
  if (list.length === 1 || extension !== '*')
    reading.fault ??= `A part of the form writes its ${name} in parts.`;
}

/** RFC 8187: character set, language and escaped text, each followed by a quotation mark but the last. */
function decodeExtended(text: string): string {
  const quote = text.indexOf("'", text.indexOf("'") + 1);
  const escaped = quote === -1 ? text : text.slice(quote + 1);
  return escaped.replace(/%[0-9a-fA-F]{2}/g, (octet) => String.fromCharCode(octetAt(octet, 1)));
}
