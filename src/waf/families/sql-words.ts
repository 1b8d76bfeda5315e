/** The words of SQL that the token reader knows, in lower case, by the letter of their token. */
import { wordSet } from '../words.ts';

export const SQL_WORDS: ReadonlyMap<string, string> = byWord({
  n: 'null true false',
  '&': 'or and xor',
  l: 'like rlike regexp ilike sounds',
  i: 'in',
  s: 'is',
  z: 'between',
  x: 'exists',
  p: 'not div mod',
  U: 'union',
  A: 'all distinct',
  S: 'select',
  F: 'from',
  I: 'into',
  G: 'outfile dumpfile',
  O: 'order group',
  B: 'by',
  H: 'having',
  R: 'where',
  D: 'drop truncate alter create',
  T: 'table database schema view procedure function trigger login user',
  N: 'insert replace',
  V: 'values value',
  L: 'delete',
  P: 'update',
  E: 'set',
  X: 'exec execute',
  d: 'declare',
  W: 'waitfor',
  Y: 'delay time',
  Z: 'shutdown',
  C: `
    information_schema performance_schema mysql.user mysql.db
    pg_catalog pg_shadow pg_user pg_tables
    sqlite_master sqlite_schema
    sysobjects syscolumns sysdatabases sys.objects sys.tables sys.databases
    all_tables all_tab_columns user_tables dba_users dba_tables v$version
    msysobjects
  `,
});

/** Words that count as functions where an opening bracket follows. */
export const SQL_FUNCTIONS: ReadonlyMap<string, string> = byWord({
  f: `
    ascii ord char chr hex unhex bin conv length len char_length substring substr mid left right lpad lower upper
    concat concat_ws group_concat cast convert replace instr locate strcmp elt make_set decode to_char nvl
    count if iif ifnull nullif coalesce greatest least
    version database user current_user system_user session_user row row_count
    load_extension randomblob json_extract
  `,
  t: `
    sleep benchmark pg_sleep dbms_lock.sleep dbms_pipe.receive_message
    extractvalue updatexml load_file pg_read_file xp_cmdshell
    utl_http.request utl_inaddr.get_host_address
  `,
  x: 'exists',
});

/** No word above is longer. */
export const SQL_WORD_CHARACTERS_MAX = 32;

function byWord(table: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(table).flatMap(([letter, words]) =>
      [...wordSet(words)].map((word) => [word, letter] as const),
    ),
  );
}
