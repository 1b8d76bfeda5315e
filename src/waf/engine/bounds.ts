/** Bounds of one transaction, so that no rule set and no request makes the engine keep or do without end. */

/** Variables of TX whose names are made at run time. */
export const VARIABLES_MAX = 2_000;
/** Characters of the names and values of such variables together. */
export const VARIABLE_CHARACTERS_MAX = 1_048_576;
/** Characters of the value of a variable, of an expanded text and of a capture. */
export const TEXT_MAX = 16_384;
/** Characters of what a log line shows of an expanded text. */
export const LOG_TEXT_MAX = 2_048;
/** Values kept for MATCHED_VARS. */
export const MATCHED_VALUES_MAX = 4_096;
/** Matches told about one request; what matches beyond them still counts and acts. */
export const MATCHES_MAX = 200;
/** Characters of a value shown with a match, and of the name of a part. */
export const SHOWN_VALUE_MAX = 512;
export const SHOWN_PART_MAX = 64;
/** Cookies read one by one. */
export const COOKIES_MAX = 1_000;
/** Operators kept that were compiled at run time for one rule with macros in its argument. */
export const EXPANDED_OPERATORS_MAX = 64;
