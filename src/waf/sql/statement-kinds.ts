/** The words that begin a statement, by the shape of what has to follow. */

/** INSERT, REPLACE, MERGE: INTO a table. */
export const INSERT = 1;
/** UPDATE a table SET. */
export const UPDATE = 2;
/** DELETE FROM a table. */
export const DELETE = 3;
/** DROP, CREATE, ALTER, TRUNCATE, RENAME: a kind of object and its name. */
export const DEFINE = 4;
/** EXEC, EXECUTE, CALL: a procedure or a string. */
export const EXECUTE = 5;
/** DECLARE a variable. */
export const DECLARE = 6;
/** WAITFOR DELAY or TIME. */
export const WAITFOR = 7;
/** SHUTDOWN, COMMIT, RECONFIGURE: complete by themselves. */
export const COMMAND = 8;
/** IF, WHILE: a condition and a statement. */
export const CONDITION = 9;
/** BEGIN, GOTO, DO, a label: another statement. */
export const BLOCK = 10;
/** GRANT, REVOKE, DENY: rights ON something, or a role TO somebody. */
export const GRANT = 11;
/** COPY, LOAD, BULK, BACKUP, ATTACH, RESTORE, PREPARE, HANDLER: names and somewhere a string. */
export const TRANSFER = 12;
/** SHOW, DESCRIBE, EXPLAIN, USE, PRAGMA, KILL, DBCC: a name. */
export const INQUIRE = 13;
/** WITH a name AS a selection. */
export const WITH = 14;

const WORDS_BY_STATEMENT: readonly (readonly [number, string])[] = [
  [INSERT, 'insert replace merge upsert'],
  [UPDATE, 'update'],
  [DELETE, 'delete'],
  [DEFINE, 'drop create alter truncate rename'],
  [EXECUTE, 'exec execute call'],
  [DECLARE, 'declare'],
  [WAITFOR, 'waitfor'],
  [COMMAND, 'shutdown commit rollback reconfigure vacuum checkpoint'],
  [CONDITION, 'if while'],
  [BLOCK, 'begin goto do start'],
  [GRANT, 'grant revoke deny'],
  [TRANSFER, 'copy load bulk backup attach detach restore prepare handler import'],
  [INQUIRE, 'show describe explain use pragma kill dbcc print'],
  [WITH, 'with'],
];

export const STATEMENT_WORDS: readonly (readonly [word: string, statement: number])[] =
  WORDS_BY_STATEMENT.flatMap(([statement, words]) =>
    words.split(' ').map((word) => [word, statement] as const),
  );
