/** The words of SQL by the kind of their token; a word is looked up once for every token that is one. */
import { beginningOf, beginningTable } from '../characters.ts';
import { wordSet } from '../words.ts';
import { CATALOGUES, FUNCTIONS, SYSTEM_NAMES, SYSTEM_VARIABLES, TELLING_FUNCTIONS } from './functions.ts';
import { STATEMENT_WORDS } from './statement-kinds.ts';
import * as t from './token-kinds.ts';

/** No word below is longer; longer ones are names. */
export const WORD_CHARACTERS_MAX = 48;

/** Kind in the lower byte, detail in the upper one. */
export const WORDS: ReadonlyMap<string, number> = new Map([
  ...entries(t.NAME, t.NAME_OBJECT, 'table database schema view function trigger login index role sequence'),
  ...entries(t.NAME, t.NAME_OBJECT, 'tablespace synonym assembly type package event server temporary temp'),
  ...entries(
    t.NAME,
    t.NAME_TYPE,
    'int integer bigint smallint tinyint numeric decimal float real double bit',
  ),
  ...entries(t.NAME, t.NAME_TYPE, 'varchar varchar2 nvarchar nvarchar2 nchar text ntext clob blob varbinary'),
  ...entries(
    t.NAME,
    t.NAME_TYPE,
    'signed unsigned datetime money sysname character boolean bytea json jsonb',
  ),
  ...entries(t.NAME, t.NAME_SYSTEM, [...SYSTEM_NAMES].join(' ')),
  ...entries(t.NAME, t.NAME_CATALOGUE, [...CATALOGUES].join(' ')),
  ...entries(t.NUMBER, 0, 'null true false unknown'),
  ...entries(t.LOGIC, t.AS_WORD, 'or and xor'),
  ...entries(t.COMPARE, t.AS_WORD, 'like rlike regexp ilike glob match similar sounds overlaps member'),
  ...entries(t.ARITHMETIC, t.AS_WORD, 'div mod'),
  ...entries(t.NOT, 0, 'not binary prior'),
  ...entries(t.IS, 0, 'is'),
  ...entries(t.IN, 0, 'in'),
  ...entries(t.BETWEEN, 0, 'between'),
  ...entries(t.QUANTIFIER, 0, 'exists any some all'),
  ...entries(t.DISTINCT, 0, 'distinct distinctrow top'),
  ...entries(t.UNION, 0, 'union except intersect minus'),
  ...entries(t.SELECT, 0, 'select'),
  ...entries(t.FROM, 0, 'from'),
  ...entries(t.WHERE, 0, 'where on using for'),
  ...entries(t.ORDER, 0, 'order group partition'),
  ...entries(t.BY, 0, 'by'),
  ...entries(t.HAVING, 0, 'having'),
  ...entries(t.LIMIT, 0, 'limit offset fetch'),
  ...entries(t.INTO, 0, 'into'),
  ...entries(t.PROCEDURE, 0, 'procedure'),
  ...entries(t.AS, 0, 'as'),
  ...entries(t.CASE, 0, 'case'),
  ...entries(t.WHEN, 0, 'when then else'),
  ...entries(t.END_CASE, 0, 'end'),
  ...entries(t.JOIN, 0, 'join inner outer cross natural'),
  ...entries(t.VALUES, 0, 'values value'),
  ...entries(t.SUFFIX, 0, 'collate escape separator over uescape'),
  ...entries(t.DIRECTION, 0, 'asc desc'),
  ...entries(t.POSTFIX, 0, 'isnull notnull'),
  ...STATEMENT_WORDS.map(([word, statement]) => [word, packed(t.STATEMENT, statement)] as const),
  ['set', packed(t.SET, 0)],
]);

/** Packages of Oracle of which every function tells. */
const TELLING_PACKAGES = /^(?:sys\.)?(?:dbms_|utl_|ctxsys\.|ordsys\.|owa_)\w+\./;

/** The detail of a name that an opening bracket follows: telling, known or plain. */
export function functionDetail(name: string): number {
  if (TELLING_FUNCTIONS.has(name) || TELLING_PACKAGES.test(name)) return t.NAME_TELLING;
  if (isSystemProcedure(name.slice(name.lastIndexOf('.') + 1))) return t.NAME_TELLING;
  return FUNCTIONS.has(name) ? t.NAME_FUNCTION : t.NAME_PLAIN;
}

/** The detail of a name with dots in it: known as a whole, by its schema or by how its last part begins. */
export function dottedDetail(name: string): number {
  if (CATALOGUES.has(name) || CATALOGUES.has(name.slice(0, name.indexOf('.')))) return t.NAME_CATALOGUE;
  const last = name.slice(name.lastIndexOf('.') + 1);
  return isSystemProcedure(last) ? t.NAME_PROCEDURE : t.NAME_PLAIN;
}

/** @param name behind `@@` */
export function isSystemVariable(name: string): boolean {
  return SYSTEM_VARIABLES.has(name.toLowerCase());
}

/** `xp_cmdshell`, `sp_executesql` and all the others, which are named alike. */
export function isSystemProcedure(name: string): boolean {
  return name.startsWith('xp_') || name.startsWith('sp_');
}

/** Words from which an injection can be read inside other text. */
const ANCHORS: ReadonlyMap<string, number> = new Map([
  ...['or', 'and', 'xor'].map((word) => [word, t.LOGIC] as const),
  ...['union', 'except', 'intersect', 'minus'].map((word) => [word, t.UNION] as const),
  ['select', t.SELECT] as const,
  ...['exec', 'execute', 'waitfor', 'declare', 'insert', 'update', 'delete', 'drop', 'create', 'alter'].map(
    (word) => [word, t.STATEMENT] as const,
  ),
  ...['into', 'procedure'].map((word) => [word, t.INTO] as const),
  ...[...TELLING_FUNCTIONS].map((word) => [word.slice(0, wordPartEnd(word)), t.NAME] as const),
  ...['dbms_', 'utl_', 'ctxsys', 'ordsys', 'xp_'].map((word) => [word, t.NAME] as const),
]);

const ANCHOR_BEGINNINGS = beginningTable(ANCHORS.keys());

/** What kind of injection may begin with the word between two offsets: LOGIC, UNION, SELECT, …, or -1. */
export function anchorKind(text: string, start: number, end: number): number {
  if (ANCHOR_BEGINNINGS[beginningOf(text.charCodeAt(start), text.charCodeAt(start + 1))] === 0) return -1;
  const word = text.slice(start, end).toLowerCase();
  const known = ANCHORS.get(word);
  if (known !== undefined) return known;
  const underscore = word.indexOf('_');
  return underscore === -1 ? -1 : (ANCHORS.get(word.slice(0, underscore + 1)) ?? -1);
}

function wordPartEnd(name: string): number {
  const dot = name.indexOf('.');
  return dot === -1 ? name.length : dot;
}

function entries(kind: number, detail: number, words: string): (readonly [string, number])[] {
  return [...wordSet(words)].map((word) => [word, packed(kind, detail)] as const);
}

function packed(kind: number, detail: number): number {
  return kind | (detail << 8);
}
