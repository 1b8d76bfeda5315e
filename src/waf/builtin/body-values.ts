/**
 * Takes a body to the texts that rules look at: names and values of forms, documents and multipart bodies; texts and
 * attributes of XML; everything else is one text. Media that hold no text are left alone.
 */
import type { BodyField, BodyFile, ParsedBody } from '../bodies/parsed-body.ts';
import type { RequestBody } from '../inspection.ts';
import { isMessage } from './free-text.ts';
import type { Judge } from './judge.ts';
import { behindComments } from './leading-comments.ts';
import { fieldsInside } from './nested-values.ts';
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
  else if (parsed.fault?.kind === 'syntax') judgeMisread(judge, parsed, body.text);
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

/** What lenient origins read in a body that is not what its media type says. */
function judgeMisread(judge: Judge, { fields }: ParsedBody, text: string): void {
  // At a fault in the beginning the whole text is a field already.
  if (!fields.some(({ value }) => value.length === text.length)) judge.judge(text, 'text', AREA, '', false);
  judgeInOtherForms(judge, text);
}

function judgeText(judge: Judge, text: string): void {
  judge.judge(text, 'text', AREA, '', false);
  judgeInOtherForms(judge, text);
}

/** Beacons send forms as plain text, and some parsers of JSON skip comments before a document. */
function judgeInOtherForms(judge: Judge, text: string): void {
  if (FORM_BEGINNING.test(text)) judgePairs(judge, text, '&', AREA);
  const document = behindComments(text);
  if (document === text) return;
  for (const field of fieldsInside(document)) judgeField(judge, 'JSON', field, false);
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
  } else if (processor === 'JSON') judgeMemberName(judge, name);
  else judge.judge(name, 'name', AREA, name, false);
  // What no parser could take apart has no name.
  const isText = isReport || (processor === 'MULTIPART' && name === '');
  if (processor === 'JSON' && !isText) judge.judgeDocumentText(value, AREA, name);
  else judge.judge(value, isText || isMessage(value) ? 'text' : 'value', AREA, name, false);
}

/** The name of a member stands behind a path that is no part of what the client wrote. */
function judgeMemberName(judge: Judge, path: string): void {
  const name = path.slice(path.indexOf('.') + 1);
  judge.judge(name, 'name', AREA, path, false);
  const last = name.lastIndexOf('.') + 1;
  if (last > 0) judge.judge(name.slice(last), 'name', AREA, path, false);
}

function judgeXml(judge: Judge, text: string, parsed: ParsedBody): void {
  judge.judge(text, 'xml', AREA, '', false);
  for (const value of [...parsed.xmlTexts, ...parsed.xmlAttributes]) {
    judge.judgeDocumentText(value, AREA, 'xml');
  }
}
