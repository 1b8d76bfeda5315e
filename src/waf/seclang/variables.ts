/** The variables of the rule language: which there are, which are collections, and which are refused and why. */
import { wordSet } from '../words.ts';

export type VariableKind =
  /** One value. */
  | 'scalar'
  /** Named values: a selector may choose among them. */
  | 'collection'
  /** Of XML: a selector is needed, one of two paths. */
  | 'document';

const SCALARS = wordSet(`
  ARGS_COMBINED_SIZE AUTH_TYPE DURATION FILES_COMBINED_SIZE FULL_REQUEST FULL_REQUEST_LENGTH HIGHEST_SEVERITY
  INBOUND_DATA_ERROR JA4 MATCHED_VAR MATCHED_VAR_NAME MODSEC_BUILD MSC_PCRE_ERROR MSC_PCRE_LIMITS_EXCEEDED
  MULTIPART_BOUNDARY_QUOTED MULTIPART_BOUNDARY_WHITESPACE MULTIPART_CRLF_LF_LINES MULTIPART_DATA_AFTER
  MULTIPART_DATA_BEFORE MULTIPART_FILE_LIMIT_EXCEEDED MULTIPART_HEADER_FOLDING MULTIPART_INVALID_HEADER_FOLDING
  MULTIPART_INVALID_PART MULTIPART_INVALID_QUOTING MULTIPART_LF_LINE MULTIPART_MISSING_SEMICOLON
  MULTIPART_STRICT_ERROR MULTIPART_UNMATCHED_BOUNDARY OUTBOUND_DATA_ERROR PATH_INFO QUERY_STRING REMOTE_ADDR
  REMOTE_HOST REMOTE_PORT REMOTE_USER REQBODY_ERROR REQBODY_ERROR_MSG REQBODY_PROCESSOR REQBODY_PROCESSOR_ERROR
  REQBODY_PROCESSOR_ERROR_MSG REQUEST_BASENAME REQUEST_BODY REQUEST_BODY_LENGTH REQUEST_FILENAME REQUEST_LINE
  REQUEST_METHOD REQUEST_PROTOCOL REQUEST_URI REQUEST_URI_RAW RESPONSE_BODY RESPONSE_CONTENT_LENGTH
  RESPONSE_CONTENT_TYPE RESPONSE_PROTOCOL RESPONSE_STATUS SERVER_ADDR SERVER_NAME SERVER_PORT STATUS_LINE TIME
  TIME_DAY TIME_EPOCH TIME_HOUR TIME_MIN TIME_MON TIME_SEC TIME_WDAY TIME_YEAR UNIQUE_ID URLENCODED_ERROR
`);

const COLLECTIONS = wordSet(`
  ARGS ARGS_GET ARGS_GET_NAMES ARGS_NAMES ARGS_POST ARGS_POST_NAMES FILES FILES_NAMES FILES_SIZES FILES_TMPNAMES
  FILES_TMP_CONTENT MATCHED_VARS MATCHED_VARS_NAMES MULTIPART_FILENAME MULTIPART_NAME MULTIPART_PART_HEADERS
  REQUEST_COOKIES REQUEST_COOKIES_NAMES REQUEST_HEADERS REQUEST_HEADERS_NAMES RESPONSE_HEADERS
  RESPONSE_HEADERS_NAMES RULE TX
`);

const PERSISTENT =
  'collections that outlive a request are not kept; count with the rate limits of the policy';
const SESSIONS = 'sessions and users are not tracked; use a cookie or a header instead';

/** Variables that ModSecurity knows and this engine refuses, with the reason and what to do. */
const REFUSED: ReadonlyMap<string, string> = new Map([
  ['ENV', 'rules may not read the environment of the process; write the value into the rule'],
  ['GEO', 'there is no database of places; use the lists of addresses of the policy'],
  ['IP', PERSISTENT],
  ['GLOBAL', PERSISTENT],
  ['RESOURCE', PERSISTENT],
  ['SESSION', PERSISTENT],
  ['USER', PERSISTENT],
  ['SESSIONID', SESSIONS],
  ['USERID', SESSIONS],
  ['WEBAPPID', 'sites are told apart by the routes of the policy; use REQUEST_HEADERS:Host'],
]);

/** Collections that `initcol` may open. */
export const PERSISTENT_COLLECTIONS: ReadonlySet<string> = wordSet('global ip resource session user');

/** What a variable is, by its name in upper case; null where there is none of that name, or it is refused. */
export function variableKind(name: string): VariableKind | null {
  if (SCALARS.has(name)) return 'scalar';
  if (COLLECTIONS.has(name)) return 'collection';
  return name === 'XML' ? 'document' : null;
}

/** Why there is no variable of this name (in upper case), and what to do about it: a sentence for a fault. */
export function explainMissingVariable(name: string): string {
  const reason = REFUSED.get(name);
  return reason === undefined
    ? `There is no variable ${name}: correct its name or take it out.`
    : `The variable ${name} is refused: ${reason}.`;
}
