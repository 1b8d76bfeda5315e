/**
 * Takes target and headers apart, down to the texts that rules look at.
 *
 * A target or cookie field is first looked at as a whole: where its marks rule every match out, nothing is cut and
 * nothing is allocated. That is the way of nearly all requests.
 */
import { mayHideText } from './decoders/base64.ts';
import { findInvalidEncoding } from './families/path-encoding.ts';
import { joinValues } from './joined-values.ts';
import type { Judge } from './judge.ts';
import { AMPERSAND, SEMICOLON } from './marks.ts';

/** What an attack has in it that is cut in two: a comment, a quotation mark, a bracket, a separator. */
const JOINABLE = /[*'"`(;\\]|%(?:2[278a]|3b|5c|60)/i;

/** Fields whose values proxies and browsers write, and servers read by their grammar only. */
const UNINSPECTED: ReadonlySet<string> = new Set(['host', 'content-length', 'connection', 'date']);

/**
 * Path and query of a target in origin form.
 *
 * @param refusesInvalid whether a path that can be decoded in two ways counts as a match
 */
export function judgeTarget(judge: Judge, target: string, refusesInvalid: boolean): void {
  const queryMark = target.indexOf('?');
  // Before the query `&` is a character like others.
  const separates = queryMark !== -1 && target.lastIndexOf('&', queryMark) === -1;
  const hides = queryMark !== -1 && hidesText(target, queryMark);
  if (!hides && judge.passes(target, separates ? AMPERSAND : 0)) return;
  judge.judgeWhole(target, 'target');
  const path = queryMark === -1 ? target : target.slice(0, queryMark);
  if (refusesInvalid) findInvalidEncoding(path, judge);
  judge.judge(path, 'path', 'path', '', false);
  if (!judge.passes(path, 0)) judgeSegments(judge, path);
  if (queryMark === -1) return;
  const query = target.slice(queryMark + 1);
  judgePairs(judge, query, '&', 'query');
  if (judge.isOver || !JOINABLE.test(query) || judge.passes(query, AMPERSAND)) return;
  for (const { name, text } of joinValues(query, '&')) judge.judge(text, 'value', 'query', name, true);
}

/** Whether an argument of a query may be base64 of text. */
function hidesText(target: string, queryMark: number): boolean {
  for (let equals = target.indexOf('=', queryMark); equals !== -1; equals = target.indexOf('=', equals + 1)) {
    if (mayHideText(target, equals + 1)) return true;
  }
  return false;
}

/** So many segments are looked at one by one. */
const SEGMENTS_MAX = 32;

/** What applications with readable addresses take their arguments from; block comments of SQL hold slashes. */
function judgeSegments(judge: Judge, path: string): void {
  for (let start = 1, count = 0; start < path.length && count < SEGMENTS_MAX && !judge.isOver; count += 1) {
    const next = path.indexOf('/', start);
    const end = next === -1 ? path.length : next;
    if (end > start) judgeSegment(judge, path.slice(start, end));
    start = end + 1;
  }
  const comment = path.indexOf('/*');
  if (comment === -1) return;
  const start = path.lastIndexOf('/', comment - 1) + 1;
  judge.judge(path.slice(start), 'segment', 'path', '', false);
}

/** So many parameters of a segment are looked at one by one. */
const PARAMETERS_MAX = 8;

/** A segment and what stands behind `;name=` in it (RFC 3986 section 3.3), which Java's frameworks take as arguments. */
function judgeSegment(judge: Judge, segment: string): void {
  judge.judge(segment, 'segment', 'path', '', false);
  let mark = segment.indexOf(';');
  for (let count = 0; mark !== -1 && count < PARAMETERS_MAX && !judge.isOver; count += 1) {
    const next = segment.indexOf(';', mark + 1);
    const parameter = segment.slice(mark + 1, next === -1 ? segment.length : next);
    const equals = parameter.indexOf('=');
    if (equals !== -1) {
      judge.judge(parameter.slice(equals + 1), 'value', 'path', parameter.slice(0, equals), false);
    }
    mark = next;
  }
}

/**
 * One header field. Host is not inspected: what stands there is checked where requests are routed.
 *
 * @param name in lower case
 */
export function judgeHeader(judge: Judge, name: string, value: string): void {
  if (UNINSPECTED.has(name)) return;
  if (name === 'cookie') {
    if (!judge.passes(value, SEMICOLON)) judgePairs(judge, value, ';', 'cookie');
  } else if (name === 'referer') {
    judgeAddress(judge, value);
  } else {
    judge.judgeRecurring(value, name === 'user-agent' ? 'agent' : 'header', name);
  }
}

/** The address of another page: its query is taken apart like that of a target. */
function judgeAddress(judge: Judge, value: string): void {
  if (judge.passes(value, AMPERSAND)) return;
  const queryMark = value.indexOf('?');
  judge.judge(queryMark === -1 ? value : value.slice(0, queryMark), 'header', 'header', 'referer', false);
  if (queryMark !== -1) judgePairs(judge, value.slice(queryMark + 1), '&', 'header:referer');
}

/** So many pairs are looked at one by one; what follows them is one text. */
const PAIRS_MAX = 4096;

/** Names and values of `name=value` pairs, percent-encoded and with `+` for blanks. */
export function judgePairs(judge: Judge, text: string, separator: '&' | ';', area: string): void {
  for (let start = 0, count = 0; start <= text.length && !judge.isOver; count += 1) {
    if (count === PAIRS_MAX) {
      judge.judge(text.slice(start), 'value', area, '', true);
      return;
    }
    const next = text.indexOf(separator, start);
    const end = next === -1 ? text.length : next;
    if (end > start) judgePair(judge, text.slice(start, end), area);
    start = end + 1;
  }
}

/** A pair without `=` is a name to some origins and a value to others. */
function judgePair(judge: Judge, pair: string, area: string): void {
  const equals = pair.indexOf('=');
  const name = (equals === -1 ? pair : pair.slice(0, equals)).trimStart();
  if (equals !== -1) {
    judge.judge(name, 'name', area, name, true);
    judge.judge(pair.slice(equals + 1), 'value', area, name, true);
  } else {
    judge.judge(name, 'value', area, name, true);
  }
}
