/**
 * Takes apart what holds several values, down to the texts that rules look at: target, header fields, forms.
 *
 * A target or cookie field is first looked at as a whole: where its marks rule every match out, nothing is cut and
 * nothing is allocated. That is the way of nearly all requests.
 */
import { findInvalidEncoding } from './families/invalid-http.ts';
import { scannerAgents } from './families/scanner-agents.ts';
import type { Judge } from './judge.ts';
import {
  AGENT_WORD,
  AMPERSAND,
  COLON,
  COMPARISON,
  HASH,
  HIGH,
  LOGIC_END,
  markText,
  PERCENT,
  QUOTED_OPERATOR,
  SCRIPT_WORD,
  SEMICOLON,
  STATEMENT_WORD,
} from './marks.ts';

/** Marks on which no family matches unless others come with them; the syntax of targets sets some of them. */
const HARMLESS =
  COLON | COMPARISON | HASH | LOGIC_END | QUOTED_OPERATOR | SCRIPT_WORD | STATEMENT_WORD | AGENT_WORD;
const HARMLESS_IN_COOKIES = HARMLESS | SEMICOLON;

/**
 * Path and query of a target in origin form.
 *
 * @param refusesInvalid whether a path that can be decoded in two ways counts as a match
 */
export function judgeTarget(judge: Judge, target: string, refusesInvalid: boolean): void {
  const marks = markText(target);
  const queryMark = target.indexOf('?');
  if (judge.passes(marks & ~harmlessInAddress(target, marks, queryMark))) return;
  judge.judgeWhole(target, 'path', 'target');
  const path = queryMark === -1 ? target : target.slice(0, queryMark);
  if (refusesInvalid && (marks & (PERCENT | HIGH)) !== 0) judgeEncoding(judge, path);
  judge.judge(path, 'path', 'path', false);
  if (queryMark !== -1) judgePairs(judge, target.slice(queryMark + 1), '&', 'query');
}

/** In a query `&` separates, before it `&` is a character like others. */
function harmlessInAddress(text: string, marks: number, queryMark: number): number {
  const separates = (marks & AMPERSAND) !== 0 && queryMark !== -1 && text.indexOf('&') > queryMark;
  return separates ? HARMLESS | AMPERSAND : HARMLESS;
}

function judgeEncoding(judge: Judge, path: string): void {
  const finding = findInvalidEncoding(path);
  if (finding !== null) judge.add(finding, path, 'path', 'path');
}

/**
 * One header field. Host is not inspected: what stands there is checked where requests are routed.
 *
 * @param name in lower case
 */
export function judgeHeader(judge: Judge, name: string, value: string): void {
  if (name === 'host') return;
  const marks = markText(value);
  if (name === 'cookie') {
    if (!judge.passes(marks & ~HARMLESS_IN_COOKIES)) judgePairs(judge, value, ';', 'header:cookie');
  } else if (name === 'referer') {
    judgeAddress(judge, value, marks);
  } else {
    if (name === 'user-agent' && scannerAgents.mayMatch(marks, 'header')) judgeAgent(judge, value, marks);
    judge.judgeMarked(value, marks, 'header', name, false);
  }
}

/** The address of another page: its query is taken apart like that of a target. */
function judgeAddress(judge: Judge, value: string, marks: number): void {
  const queryMark = value.indexOf('?');
  if (judge.passes(marks & ~harmlessInAddress(value, marks, queryMark))) return;
  judge.judge(queryMark === -1 ? value : value.slice(0, queryMark), 'header', 'referer', false);
  if (queryMark !== -1) judgePairs(judge, value.slice(queryMark + 1), '&', 'header:referer');
}

function judgeAgent(judge: Judge, value: string, marks: number): void {
  const finding = scannerAgents.find(value, 'header', marks);
  if (finding !== null) judge.add(finding, value, 'header', 'user-agent');
}

/** Names and values of `name=value` pairs, percent-encoded and with `+` for blanks. */
export function judgePairs(judge: Judge, text: string, separator: '&' | ';', part: string): void {
  for (let start = 0; start <= text.length && !judge.isFull; ) {
    const next = text.indexOf(separator, start);
    const end = next === -1 ? text.length : next;
    if (end > start) judgePair(judge, text.slice(start, end), part);
    start = end + 1;
  }
}

function judgePair(judge: Judge, pair: string, part: string): void {
  const equals = pair.indexOf('=');
  if (equals === -1) {
    judge.judge(pair, 'argument', part, true);
    return;
  }
  judge.judge(pair.slice(0, equals), 'argument', part, true);
  judge.judge(pair.slice(equals + 1), 'argument', part, true);
}
