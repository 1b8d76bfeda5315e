/** The alphabet of the SQL token stream: a kind for every token and, for some kinds, a detail. Both fit a byte. */

/** The end of the text. */
export const END = 0;
/** A comment behind which nothing follows: what the origin's statement had there is cut off. */
export const CUT = 1;
/** A character that SQL has no use for in this place, or the limit of tokens. */
export const OTHER = 2;
export const NUMBER = 3;
/** A string with its closing mark. */
export const STRING = 4;
/** A string that runs to the end of the text: the origin's own mark closes it. */
export const OPEN_STRING = 5;
export const VARIABLE = 6;
/** A name; its detail is one of the NAME_ values below. */
export const NAME = 7;
export const PAREN_OPEN = 8;
export const PAREN_CLOSE = 9;
export const COMMA = 10;
export const SEMICOLON = 11;
/** `=`, `<>`, LIKE, REGEXP and their like; its detail is one of the AS_ values. */
export const COMPARE = 12;
/** OR, AND, XOR, two bars, two ampersands. */
export const LOGIC = 13;
/** An operator between two values, not of the kinds above or below. */
export const ARITHMETIC = 14;
/** `+` and `-`, which may stand before a value too. */
export const SIGN = 15;
export const STAR = 16;
/** NOT, `!`, `~`, BINARY: before a value only. */
export const NOT = 17;
/** `::`. */
export const CAST = 18;
/** `:=`. */
export const ASSIGN = 19;
export const IS = 20;
export const IN = 21;
export const BETWEEN = 22;
/** EXISTS, ANY, SOME, ALL. */
export const QUANTIFIER = 23;
export const DISTINCT = 24;
/** UNION, EXCEPT, INTERSECT, MINUS. */
export const UNION = 25;
export const SELECT = 26;
export const FROM = 27;
/** WHERE, ON, USING, FOR: a value follows. */
export const WHERE = 28;
/** ORDER, GROUP, PARTITION: BY follows. */
export const ORDER = 29;
export const BY = 30;
export const HAVING = 31;
/** LIMIT, OFFSET, FETCH. */
export const LIMIT = 32;
export const INTO = 33;
export const PROCEDURE = 34;
export const AS = 35;
export const CASE = 36;
/** WHEN, THEN, ELSE. */
export const WHEN = 37;
export const END_CASE = 38;
export const JOIN = 39;
export const VALUES = 40;
export const SET = 41;
/** A word that begins a statement; its detail is one of the STATEMENT_ values of statements.ts. */
export const STATEMENT = 42;
/** COLLATE, ESCAPE, SEPARATOR, OVER: goes on behind a value with another. */
export const SUFFIX = 43;
/** ASC, DESC. */
export const DIRECTION = 44;
export const BRACE_CLOSE = 45;
/** ISNULL, NOTNULL behind a value. */
export const POSTFIX = 46;

/** What is known about a name. */
export const NAME_PLAIN = 0;
/** A function of some dialect, if a bracket follows. */
export const NAME_FUNCTION = 1;
/** A function that injection tools use and that little else needs: it waits, reads files, goes out, provokes errors. */
export const NAME_TELLING = 2;
/** A table or schema of a catalogue. */
export const NAME_CATALOGUE = 3;
/** A value without brackets, such as CURRENT_USER, or the table DUAL. */
export const NAME_SYSTEM = 4;
/** What statements make and drop: TABLE, DATABASE, VIEW. */
export const NAME_OBJECT = 5;
/** A procedure of the system: `xp_…`, `sp_…`. */
export const NAME_PROCEDURE = 6;
/** A type of a column or variable. */
export const NAME_TYPE = 7;

/** A comparison written with signs. */
export const AS_SIGN = 0;
/** A comparison written as a word. */
export const AS_WORD = 1;
