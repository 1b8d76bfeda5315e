/**
 * Takes a body to the texts that rules look at: names and values of forms, documents and multipart bodies; texts and
 * attributes of XML; everything else is one text. Media that hold no text are left alone.
 */
import type { BodyField, BodyFile, ParsedBody } from '../bodies/parsed-body.ts';
import type { RequestBody } from '../inspection.ts';
import type { Place } from './family.ts';
import { endsOfText, isMessage, placeOfText } from './free-text.ts';
import type { Judge } from './judge.ts';
import { judgePairs } from './targets.ts';
import { gradeUpload } from './uploaded-programs.ts';

const BINARY =
  /^(?:image\/(?!svg)|audio\/|video\/|font\/|application\/(?:octet-stream|pdf|zip|gzip|wasm|grpc|protobuf|x-protobuf))/i;
const FORM_BEGINNING = /^[\w.[\]%-]{1,64}=[^\r\n<{]{0,4096}$/;
/** Browsers report with these what a page did, and quote its program text. */
const REPORT = /^\s{0,8}application\/(?:csp-report|reports\+json|expect-ct-report\+json)/i;
const JSON_BEGINNING = /^\s{0,64}[[{]/;
const AREA = 'body';

/** Returns the body taken apart; null where it has no parts. */
export function judgeBody(judge: Judge, body: RequestBody): ParsedBody | null {
  if (body.text === '') return null;
  const processor = body.processor ?? guessProcessor(body);
  if (processor === null) {
    if (!BINARY.test(body.contentType?.trim() ?? '')) judgeText(judge, body.text);
    return null;
  }
  const parsed = body.parse(processor);
  const isReport = REPORT.test(body.contentType ?? '');
  for (const field of parsed.fields) judgeField(judge, parsed.processor, field, isReport);
  for (const file of parsed.files) judgeFile(judge, file, parsed);
  if (processor === 'XML') judgeXml(judge, body.text, parsed);
  // What its media type does not describe, an origin may read in another way: as a text at least.
  else if (isMisread(parsed, body.text)) judge.judge(body.text, 'text', AREA, '', false);
  return parsed;
}

function judgeFile(judge: Judge, file: BodyFile, { partHeaders }: ParsedBody): void {
  const { field, fileName, beginning } = file;
  judge.judge(field, 'name', AREA, field, false);
  judge.judge(fileName, 'file-name', AREA, field, false);
  if (!judge.inspectsUploads) return;
  const type =
    partHeaders.find(({ part, line }) => part === field && /^content-type:/i.test(line))?.line ?? '';
  const rule = gradeUpload(file, type);
  if (rule !== null) judge.look(beginning, AREA).add(rule, 0, beginning.length);
}

/** Whether a body is not what it says it is, and was not read as one text for that. */
function isMisread({ fault, fields }: ParsedBody, text: string): boolean {
  return fault?.kind === 'syntax' && !fields.some(({ value }) => value.length === text.length);
}

/** Beacons send forms as plain text too. */
function judgeText(judge: Judge, text: string): void {
  judge.judge(text, 'text', AREA, '', false);
  if (FORM_BEGINNING.test(text)) judgePairs(judge, text, '&', AREA);
}

/** Beacons of browsers send JSON as plain text. */
function guessProcessor(body: RequestBody): 'JSON' | null {
  return JSON_BEGINNING.test(body.text) && !BINARY.test(body.contentType?.trim() ?? '') ? 'JSON' : null;
}

function judgeField(
  judge: Judge,
  processor: ParsedBody['processor'],
  { name, value }: BodyField,
  isReport: boolean,
): void {
  if (processor === 'JSON' && name.includes('$')) {
    // Of a document the operand says whether an operator is an attack.
    judge.judge(`{"${name.slice(name.lastIndexOf('.') + 1)}":"${value}"}`, 'value', AREA, name, false);
  } else judge.judge(name, 'name', AREA, name, false);
  // What no parser could take apart has no name.
  const isText = isReport || (processor === 'MULTIPART' && name === '');
  const place = isText ? 'text' : placeOf(processor, value);
  judge.judge(value, place, AREA, name, false);
  if (place !== 'text' || isText || judge.isOver) return;
  for (const piece of endsOfText(value)) judge.judge(piece, 'value', AREA, name, false);
}

function placeOf(processor: ParsedBody['processor'], value: BodyField['value']): Place {
  if (processor === 'JSON') return placeOfText(value);
  return isMessage(value) ? 'text' : 'value';
}

function judgeXml(judge: Judge, text: string, parsed: ParsedBody): void {
  judge.judge(text, 'xml', AREA, '', false);
  for (const value of [...parsed.xmlTexts, ...parsed.xmlAttributes]) {
    judge.judge(value, placeOfText(value), AREA, 'xml', false);
  }
}
